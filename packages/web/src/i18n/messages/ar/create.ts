import type { Translation } from '../../message-shape.ts'
import type { create as english } from '../en/create.ts'

export const create = {} as const satisfies Translation<typeof english, 'ar'>
