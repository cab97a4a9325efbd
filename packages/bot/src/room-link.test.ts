import { expect, it } from 'vitest'
import { readRoomLink } from './room-link.ts'

it.each([
  ['https://talk.example.org/r/k7fp-2m9x-qd4w', 'https://talk.example.org', 'k7fp-2m9x-qd4w', null],
  ['http://localhost:3010/r/k7fp2m9xqd4w/', 'http://localhost:3010', 'k7fp2m9xqd4w', null],
  ['https://example.org/talk/r/a%20b?x=1', 'https://example.org/talk', 'a b', null],
  ['https://talk.example.org/r/k7fp-2m9x-qd4w#k=AbC_-9', 'https://talk.example.org', 'k7fp-2m9x-qd4w', 'AbC_-9'],
])('reads %s', (link, server, roomId, key) => {
  expect(readRoomLink(link)).toEqual({ server, roomId, key })
})

it.each(['', 'k7fp-2m9x-qd4w', 'https://talk.example.org/', 'ftp://talk.example.org/r/k7fp', 'https://a/r/'])(
  'takes “%s” for no link',
  (link) => {
    expect(() => readRoomLink(link)).toThrow('is no link to a room')
  },
)
