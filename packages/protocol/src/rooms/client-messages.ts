import { z } from 'zod'
import { clientIdInput, emojiInput, idInput, nameInput, position, role, roomIdInput, textOf } from '../common.ts'
import { SIZES } from '../limits.ts'

const ref = z.string().max(SIZES.maxRefLength).optional()
const frame = <T extends string, S extends z.core.$ZodLooseShape>(type: T, shape: S) =>
  z.object({ type: z.literal(type), ref, ...shape })

/** Client frames of the rooms wire by `type`; one JSON object per text frame. */
export const clientMessages = {
  join_room: frame('join_room', { roomId: roomIdInput, name: nameInput.optional(), since: position.optional() }),
  send_message: frame('send_message', {
    text: textOf(1, SIZES.maxTextLength),
    clientId: clientIdInput.optional(),
    replyTo: idInput.optional(),
  }),
  edit_message: frame('edit_message', { messageId: idInput, text: textOf(1, SIZES.maxTextLength) }),
  delete_message: frame('delete_message', { messageId: idInput }),
  react: frame('react', { messageId: idInput, emoji: emojiInput }),
  typing: frame('typing', { isTyping: z.boolean() }),
  leave_room: frame('leave_room', {}),
  lock_room: frame('lock_room', { isLocked: z.boolean() }),
  kick: frame('kick', { participantId: idInput, ban: z.boolean().optional() }),
  set_role: frame('set_role', { participantId: idInput, role }),
  admit: frame('admit', { participantId: idInput, admit: z.boolean() }),
  extend_room: frame('extend_room', { minutes: z.int().min(1).max(1440) }),
  refresh_token: frame('refresh_token', {}),
  ping: frame('ping', {}),
} as const

export type ClientMessageType = keyof typeof clientMessages
export type ClientMessage<T extends ClientMessageType = ClientMessageType> = z.infer<(typeof clientMessages)[T]>
