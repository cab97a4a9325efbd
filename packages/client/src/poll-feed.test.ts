import type { PollAnswer } from '@parley/protocol/site'
import { expect, test } from 'vitest'
import { createPollFeed } from './poll-feed.ts'

const said = (conversationId: string, seq: number) => ({
  event: 'message:new',
  data: { conversationId, id: `${conversationId}-${seq}`, seq, rev: seq, senderId: 'u2', text: 'Hello', timestamp: 1 },
})
const answer = (cursor: string, ...events: PollAnswer['events']): PollAnswer => ({
  events,
  cursor,
  hasMore: false,
  userId: 'u1',
  timestamp: 1,
})
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index)

test('keeps what came of each chat, once, for a chat that joins later', () => {
  const feed = createPollFeed()
  feed.take(answer('k1', said('a', 4), said('b', 9), said('a', 5)))
  feed.take(answer('k2', said('a', 5), said('a', 6)))
  const placesAfter = (chatId: string, rev: number) =>
    feed.changesAfter(chatId, rev).map(({ data }) => (data as { seq: number }).seq)
  expect(placesAfter('a', 3)).toEqual([4, 5, 6])
  expect(placesAfter('a', 5)).toEqual([6])
  expect(placesAfter('b', 8)).toEqual([9])
  // What came before the place is not known.
  expect(placesAfter('a', 1)).toEqual([])
  feed.startFrom('k3')
  expect([feed.cursor, placesAfter('a', 3)]).toEqual(['k3', []])
})

test('a chat that was away for a thousand messages is told all of them, and memory has an end', () => {
  const feed = createPollFeed()
  feed.take(answer('k1', ...range(1, 1000).map((seq) => said('a', seq))))
  expect(feed.changesAfter('a', 0)).toHaveLength(1000)
  feed.take(answer('k2', ...range(1, 1500).map((seq) => said('b', seq))))
  expect(feed.changesAfter('b', 0)).toHaveLength(1500)
  expect(feed.changesAfter('a', 500)).toHaveLength(500)
  expect(feed.changesAfter('a', 0)).toEqual([])
})
