import type { Answer, ClientData, ClientEvent, Message } from '@parley/protocol/messenger'
import type { ChatHandle } from './types.ts'

/** Sends one when we are in the chat; rejects with `ParleyError`. */
type Act = <E extends ClientEvent>(event: E, data: ClientData<E>) => Promise<Answer<E>>

export interface ChatActionsOptions {
  readonly chatId: () => string
  readonly act: Act
  /** A message as it stands after our change; no event comes for it. */
  readonly onChanged: (message: Message) => void
  /** Nobody waits under this id any more. */
  readonly onAnswered: (userId: string) => void
}

type ChatActions = Pick<
  ChatHandle,
  'edit' | 'delete' | 'react' | 'lock' | 'kick' | 'setRole' | 'admit' | 'extend' | 'end'
>

/** What a person may do in a chat beside sending. Their effects come back as events. */
export function createChatActions({ chatId, act, onChanged, onAnswered }: ChatActionsOptions): ChatActions {
  return {
    async edit(messageId, content) {
      const { message } = await act('message:edit', { chatId: chatId(), messageId, encryptedContent: content })
      onChanged(message)
    },
    async delete(messageId) {
      const { message } = await act('message:delete', { chatId: chatId(), messageId })
      onChanged(message)
    },
    async react(messageId, emoji, on) {
      await act(on ? 'reaction:new' : 'reaction:remove', { chatId: chatId(), messageId, emoji })
    },
    async lock(isLocked) {
      await act('room:lock', { chatId: chatId(), isLocked })
    },
    async kick(userId, ban) {
      await act('room:kick', { chatId: chatId(), participantId: userId, ban })
    },
    async setRole(userId, role) {
      await act('room:set-role', { chatId: chatId(), participantId: userId, role })
    },
    async admit(userId, admit) {
      await act('room:admit', { chatId: chatId(), participantId: userId, admit })
      onAnswered(userId)
    },
    async extend(minutes) {
      await act('room:extend', { chatId: chatId(), minutes })
    },
    async end() {
      await act('room:end', { chatId: chatId() })
    },
  }
}
