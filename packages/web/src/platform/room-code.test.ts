import { describe, expect, it } from 'vitest'
import { parseRoomCode } from './room-code.ts'

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
