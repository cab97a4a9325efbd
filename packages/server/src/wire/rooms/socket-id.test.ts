import { expect, test } from 'vitest'
import { createSocketIds, oldestBeyondMost } from './socket-id.ts'

const newId = createSocketIds()
const opened = (...times: number[]) => times.map(newId)

test('five sockets stay, and the oldest of more make place, in whatever order they are found', () => {
  const [one = '', two = '', three = '', four = '', five = '', six = ''] = opened(1, 2, 30, 400, 50_000, 2 ** 41)
  expect(oldestBeyondMost([five, one, four, two, three], five)).toEqual([])
  expect(oldestBeyondMost([six, five, one, four, two, three], six)).toEqual([one])
})

test('the one that comes stays, though its node’s clock is behind', () => {
  const [one = '', ...others] = opened(1, 2, 3, 4, 5, 6)
  expect(oldestBeyondMost([one, ...others], one)).toEqual(others.slice(0, 1))
})

test('of those that come in one millisecond the first is the oldest', () => {
  const sockets = Array.from({ length: 40 }, () => newId(1))
  expect(oldestBeyondMost(sockets.toReversed(), sockets.at(-1) ?? '')).toEqual(sockets.slice(0, -5))
})

test('sessions of other wires don’t count', () => {
  const sockets = opened(1, 2, 3, 4, 5)
  expect(oldestBeyondMost([...sockets, '0123456789abcdef.x', 'ann'], sockets[4] ?? '')).toEqual([])
})
