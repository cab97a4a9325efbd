import { describe, expect, it } from 'vitest'
import { parseRoomCode, pathOfLink, roomKeyIn, roomPath } from './room-code.ts'

describe('parseRoomCode', () => {
  it.each([
    'k7fp-2m9x-qd4w',
    'K7FP2M9XQD4W',
    '  k7fp 2m9x qd4w ',
    'k7fp–2m9x–qd4w',
    'https://talk.example.org/r/k7fp-2m9x-qd4w',
    'https://talk.example.org/r/K7FP2M9XQD4W?from=mail#top',
    'Join me: https://talk.example.org/r/k7fp-2m9x-qd4w',
    '/r/k7fp-2m9x-qd4w',
  ])('finds the code in %j', (typed) => {
    expect(parseRoomCode(typed)).toBe('k7fp-2m9x-qd4w')
  })

  it('reads letters outside the alphabet as what they look like', () => {
    expect(parseRoomCode('OIL0-aaaa-bbbb')).toBe('0110-aaaa-bbbb')
  })

  it.each(['', 'hello', 'k7fp-2m9x-qd4', 'k7fp-2m9x-qd4w9', 'u7fp-2m9x-qd4w', 'https://talk.example.org/', '/r/short'])(
    'finds none in %j',
    (typed) => {
      expect(parseRoomCode(typed)).toBeNull()
    },
  )
})

describe('links with a key', () => {
  const key = 'mRoYEWE3uNMCDgHx8axABLbRjItYijwCFTqHA4webRg'

  it.each([
    `https://talk.example.org/r/K7FP2M9XQD4W#k=${key}`,
    `Join me: https://talk.example.org/r/k7fp-2m9x-qd4w#k=${key}.`,
    `k7fp-2m9x-qd4w#k=${key}`,
  ])('keep it on the way into the room: %j', (typed) => {
    expect(pathOfLink(typed)).toBe(`/r/k7fp-2m9x-qd4w#k=${key}`)
  })

  it('are links without one where there is none', () => {
    expect(pathOfLink('k7fp2m9xqd4w')).toBe('/r/k7fp-2m9x-qd4w')
    expect(pathOfLink('https://talk.example.org/r/k7fp-2m9x-qd4w#top')).toBe('/r/k7fp-2m9x-qd4w')
    expect(pathOfLink(`https://talk.example.org/#k=${key}`)).toBeNull()
    expect(roomPath('k7fp2m9xqd4w', null)).toBe('/r/k7fp-2m9x-qd4w')
  })

  it('carry half a key as it is, so that the room can say what is wrong', () => {
    expect(roomKeyIn('https://talk.example.org/r/k7fp-2m9x-qd4w#k=mRoY')).toBe('mRoY')
    expect(roomKeyIn('https://talk.example.org/r/k7fp-2m9x-qd4w#k=')).toBe('')
  })
})
