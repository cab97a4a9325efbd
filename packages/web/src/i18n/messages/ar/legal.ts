import type { Translation } from '../../message-shape.ts'
import type { legal as english } from '../en/legal.ts'

export const legal = {} as const satisfies Translation<typeof english, 'ar'>
