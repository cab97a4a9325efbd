import type { Translation } from '../../message-shape.ts'
import type { join as english } from '../en/join.ts'

export const join = {} as const satisfies Translation<typeof english, 'ar'>
