import type { Translation } from '../../message-shape.ts'
import type { room as english } from '../en/room.ts'

export const room = {} as const satisfies Translation<typeof english, 'ar'>
