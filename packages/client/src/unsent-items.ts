import type { ClientData, Message } from '@parley/protocol/messenger'
import type { OutboxEntry } from './outbox.ts'
import type { TimelineMessage, UnsentMessage } from './types.ts'

export interface Sender {
  readonly chatId: string
  readonly selfId: string
  readonly name: string
}

/** Turns the outbox into timeline items; entries that did not change give the same item, and the same list. */
export function createUnsentItems() {
  let made = new Map<OutboxEntry, TimelineMessage>()
  let last: { readonly entries: readonly OutboxEntry[]; readonly sender: Sender } | null = null
  let items: readonly TimelineMessage[] = []

  return (entries: readonly OutboxEntry[], sender: Sender): readonly TimelineMessage[] => {
    const isSameSender =
      last !== null &&
      last.sender.selfId === sender.selfId &&
      last.sender.name === sender.name &&
      last.sender.chatId === sender.chatId
    if (last?.entries === entries && isSameSender) return items
    const next = new Map<OutboxEntry, TimelineMessage>()
    items = entries.map((entry) => {
      const item = (isSameSender ? made.get(entry) : undefined) ?? itemOf(entry, sender)
      next.set(entry, item)
      return item
    })
    made = next
    last = { entries, sender }
    return items
  }
}

function itemOf(entry: OutboxEntry, sender: Sender): TimelineMessage {
  const { tempId, status, error } = entry
  const message = entry.stored ?? messageOf(entry, sender)
  return { kind: 'message', key: tempId, message, own: true, status, ...(error !== undefined && { error }) }
}

function messageOf({ tempId, message, createdAt }: OutboxEntry, { chatId, selfId, name }: Sender): Message {
  const { content, type = 'text', replyToId, metadata } = message
  return {
    id: tempId,
    chatId,
    tempId,
    seq: 0,
    rev: 0,
    senderId: selfId,
    senderName: name,
    encryptedContent: content,
    messageType: type,
    ...(replyToId !== undefined && { replyToId }),
    ...(metadata !== undefined && { metadata: metadata as NonNullable<Message['metadata']> }),
    createdAt,
    reactions: {},
  }
}

/** A message as it is sent, without its chat. */
export const wireMessage = ({ tempId, message }: UnsentMessage): Omit<ClientData<'message:new'>, 'chatId'> => ({
  tempId,
  encryptedContent: message.content,
  ...(message.type !== undefined && { messageType: message.type }),
  ...(message.replyToId !== undefined && { replyToId: message.replyToId }),
  ...(message.metadata !== undefined && { metadata: message.metadata as NonNullable<Message['metadata']> }),
})
