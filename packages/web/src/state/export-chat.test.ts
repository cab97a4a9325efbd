import type { ReceivedMessage } from '@parley/client'
import type { Chat } from '@parley/protocol/messenger'
import { describe, expect, it } from 'vitest'
import { type ExportWords, exportFileName, exportJson, exportText } from './export-chat.ts'

const AT = Date.UTC(2026, 10, 20, 14, 5)
const message = (id: string, changes: Partial<ReceivedMessage> = {}): ReceivedMessage => ({
  id,
  chatId: 'room',
  seq: 1,
  rev: 1,
  senderId: 'u1',
  senderName: 'Anna',
  encryptedContent: `text of ${id}`,
  messageType: 'text',
  createdAt: AT,
  reactions: {},
  ...changes,
})
const chat: Chat = {
  id: 'k7fp-2m9x-qd4w',
  kind: 'room',
  name: 'Stand-up',
  hostId: 'u1',
  createdAt: AT,
  maxParticipants: 30,
  isLocked: false,
  hasPassword: false,
  hasLobby: false,
  encrypted: false,
  epoch: 'e',
  rev: 9,
}
const words: ExportWords = {
  formatMoment: (at) => new Date(at).toISOString().slice(0, 16),
  title: 'Stand-up',
  savedAt: 'Saved today',
  edited: 'edited',
  placeholder: (why) => why.replace('room.', ''),
  replyTo: (name) => `in answer to ${name}`,
  earlier: 'an earlier message',
  reaction: (emoji, names) => `${emoji} ${names}`,
  nameOf: (userId) => ({ u1: 'Anna', u2: 'Bo' })[userId] ?? 'someone',
}

describe('exportText', () => {
  it('reads like a protocol of the conversation', () => {
    const text = exportText(
      [
        message('a', { reactions: { '👍': ['u2', 'u3'] } }),
        message('b', {
          senderName: 'Bo',
          senderId: 'u2',
          replyToId: 'a',
          editedAt: AT + 1,
          encryptedContent: 'two\nlines',
        }),
        message('c', { encryptedContent: '', deletedAt: AT + 2, editedAt: AT + 1, replyToId: 'unknown' }),
        message('d', { encryptedContent: '', unreadable: 'missing-key' }),
      ],
      words,
    )
    expect(text).toBe(`Stand-up
Saved today

[2026-11-20T14:05] Anna:
text of a
  👍 Bo, someone

[2026-11-20T14:05] Bo (edited):
> in answer to Anna
two
lines

[2026-11-20T14:05] Anna:
> in answer to an earlier message
(deleted)

[2026-11-20T14:05] Anna:
(sealed)
`)
  })
})

describe('exportJson', () => {
  it('keeps ids, times and reactions', () => {
    const file: unknown = JSON.parse(
      exportJson(chat, [message('a', { replyToId: 'z', reactions: { '👍': ['u2'] } })], AT),
    )
    expect(file).toEqual({
      format: 'parley-export',
      version: 1,
      savedAt: '2026-11-20T14:05:00.000Z',
      room: { id: 'k7fp-2m9x-qd4w', name: 'Stand-up', createdAt: '2026-11-20T14:05:00.000Z' },
      messages: [
        {
          id: 'a',
          seq: 1,
          at: '2026-11-20T14:05:00.000Z',
          senderId: 'u1',
          name: 'Anna',
          text: 'text of a',
          replyTo: 'z',
          reactions: { '👍': ['u2'] },
        },
      ],
    })
  })
})

describe('exportFileName', () => {
  const at = new Date(2026, 10, 20, 23).getTime()

  it.each([
    ['Stand-up', 'Stand-up-2026-11-20.txt'],
    ['a/b\\c:d', 'a-b-c-d-2026-11-20.txt'],
    ['غرفة الفريق', 'غرفة-الفريق-2026-11-20.txt'],
    ['../..', 'room-2026-11-20.txt'],
    ['👍', 'room-2026-11-20.txt'],
  ])('%s', (name, file) => {
    expect(exportFileName(name, at, 'txt')).toBe(file)
  })
})
