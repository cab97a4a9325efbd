import { expect, test } from 'vitest'
import { normalizeRoomId } from './room-id.ts'

test.each([
  ['k7fp2m9xqd4w', 'k7fp2m9xqd4w'],
  ['k7fp-2m9x-qd4w', 'k7fp2m9xqd4w'],
  ['K7FP-2M9X-QD4W', 'k7fp2m9xqd4w'],
  ['  k7fp2m9xqd4w\n', 'k7fp2m9xqd4w'],
  ['OIlo-2m9x-qd4w', '01102m9xqd4w'],
])('%j is the room %s', (typed, id) => {
  expect(normalizeRoomId(typed)).toBe(id)
})

test.each(['', 'k7fp', 'k7fp2m9xqd4u', 'k7fp2m9xqd4w0', 'Chat-17', '../../etc/pass'])(
  '%j has not the shape of one and stays as it is',
  (typed) => {
    expect(normalizeRoomId(typed)).toBe(typed)
  },
)
