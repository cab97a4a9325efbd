import type { ReceivedMessage } from '@parley/client'
import type { Chat } from '@parley/protocol/messenger'
import { placeholderOf } from './message-placeholder.ts'

export interface ExportWords {
  /** Date and time of a message, in Unix ms. */
  readonly formatMoment: (at: number) => string
  readonly title: string
  readonly savedAt: string
  readonly edited: string
  /** What stands in the place of a message that has no words to show. */
  readonly placeholder: (why: NonNullable<ReturnType<typeof placeholderOf>>) => string
  /** `name` is who wrote the original. */
  readonly replyTo: (name: string) => string
  readonly earlier: string
  readonly reaction: (emoji: string, names: string) => string
  readonly nameOf: (userId: string) => string
}

/** The conversation for people: one paragraph a message, with time and name; reactions and answers in words. */
export function exportText(messages: readonly ReceivedMessage[], words: ExportWords): string {
  const names = new Map(messages.map((message) => [message.id, message.senderName]))
  const paragraphs = messages.map((message) => paragraphOf(message, names, words))
  return `${words.title}\n${words.savedAt}\n\n${paragraphs.join('\n\n')}\n`
}

function paragraphOf(message: ReceivedMessage, names: ReadonlyMap<string, string>, words: ExportWords): string {
  const edited = message.editedAt !== undefined && message.deletedAt === undefined ? ` (${words.edited})` : ''
  const lines = [`[${words.formatMoment(message.createdAt)}] ${message.senderName}${edited}:`]
  if (message.replyToId !== undefined) lines.push(`> ${words.replyTo(names.get(message.replyToId) ?? words.earlier)}`)
  const placeholder = placeholderOf(message)
  lines.push(placeholder === null ? message.encryptedContent : `(${words.placeholder(placeholder)})`)
  for (const [emoji, userIds] of Object.entries(message.reactions)) {
    if (userIds.length > 0) lines.push(`  ${words.reaction(emoji, userIds.map(words.nameOf).join(', '))}`)
  }
  return lines.join('\n')
}

/** The conversation for programs: times in ISO 8601, ids kept so that answers can be followed. */
export function exportJson(chat: Chat, messages: readonly ReceivedMessage[], savedAt: number): string {
  const iso = (at: number) => new Date(at).toISOString()
  const file = {
    format: 'parley-export',
    version: 1,
    savedAt: iso(savedAt),
    room: { id: chat.id, name: chat.name, createdAt: iso(chat.createdAt) },
    messages: messages.map((message) => ({
      id: message.id,
      seq: message.seq,
      at: iso(message.createdAt),
      senderId: message.senderId,
      name: message.senderName,
      text: message.encryptedContent,
      ...(message.unreadable !== undefined && { unreadable: message.unreadable }),
      ...(message.replyToId !== undefined && { replyTo: message.replyToId }),
      ...(message.editedAt !== undefined && { editedAt: iso(message.editedAt) }),
      ...(message.deletedAt !== undefined && { deletedAt: iso(message.deletedAt) }),
      reactions: message.reactions,
    })),
  }
  return `${JSON.stringify(file, null, 2)}\n`
}

/** `Standup-2026-11-20.txt`: the room's name without what file systems refuse, and the day by the device's clock. */
export function exportFileName(roomName: string, savedAt: number, extension: 'txt' | 'json'): string {
  const safe = roomName
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
  const date = new Date(savedAt)
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-')
  return `${safe || 'room'}-${day}.${extension}`
}
