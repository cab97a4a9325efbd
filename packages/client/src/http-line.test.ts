import type { PollAnswer } from '@parley/protocol/site'
import { expect, test } from 'vitest'
import { createHttpLines } from './http-line.ts'
import type { LineEnd } from './line.ts'
import { ParleyError } from './parley-error.ts'
import { createPollFeed } from './poll-feed.ts'
import type { SiteApi } from './site-api.ts'
import { createFakeClock } from './testing/fake-clock.ts'

type Poll = Parameters<SiteApi['poll']>[1]

/** A line whose polls the test answers; other calls are not made. */
function setUp() {
  const clock = createFakeClock()
  const polls: {
    readonly page: Poll
    readonly answer: (answer: PollAnswer) => void
    readonly fail: (e: Error) => void
  }[] = []
  const told: string[] = []
  const ends: LineEnd[] = []
  const feed = createPollFeed()
  const api = {
    poll: (_token, page, signal) =>
      new Promise((answer, fail) => {
        polls.push({ page, answer, fail })
        signal?.addEventListener('abort', () => fail(new ParleyError('UNAVAILABLE', 'aborted')))
      }),
  } as SiteApi
  const line = createHttpLines({ api, feed, clock })(
    { url: undefined, token: 'token', transports: [] },
    {
      opened: ({ userId }) => told.push(`opened ${userId}`),
      transportChanged: () => undefined,
      heard: () => undefined,
      event: (event) => told.push(event),
      ended: (end) => ends.push(end),
    },
  )
  const last = () => {
    const poll = polls.at(-1)
    if (poll === undefined) throw new Error('nothing was asked')
    return poll
  }
  const answer = async (change: Partial<PollAnswer> = {}) => {
    last().answer({ events: [], cursor: 'k1', hasMore: false, userId: 'u1', timestamp: 1, ...change })
    await clock.advance(0)
  }
  const fail = async (code: ConstructorParameters<typeof ParleyError>[0]) => {
    last().fail(new ParleyError(code, 'no'))
    await clock.advance(0)
  }
  return { clock, polls, told, ends, line, last, answer, fail }
}

const read = { conversationId: 'c', messageId: 'm', id: 'm', seq: 1, userId: 'u2', timestamp: 1 }

test('asks for its place first, then waits for what comes, and takes what waits without a pause', async () => {
  const { answer, clock, last, polls, told } = setUp()
  expect(last().page).toEqual({ cursor: null, waitSeconds: 0 })
  await answer()
  expect(last().page).toEqual({ cursor: 'k1', waitSeconds: 25 })
  await answer({ cursor: 'k2', hasMore: true, events: [{ event: 'message:read-receipt', data: read }] })
  await answer({
    cursor: 'k3',
    events: [
      { event: 'of-tomorrow', data: {} },
      { event: 'message:read-receipt', data: read },
    ],
  })
  expect(told).toEqual(['opened u1', 'message:read', 'message:read'])
  const before = polls.length
  await answer({ cursor: 'k4' })
  expect(polls).toHaveLength(before)
  await clock.advance(1000)
  expect(last().page.cursor).toBe('k4')
})

test('a poll that fails is asked again before the line counts as lost; a place that is not known is given up', async () => {
  const { answer, clock, ends, fail, last } = setUp()
  await answer()
  await fail('VALIDATION_FAILED')
  expect(last().page.cursor).toBeNull()
  await answer({ cursor: 'k9' })
  await fail('UNAVAILABLE')
  await clock.advance(1000)
  await fail('UNAVAILABLE')
  await clock.advance(2000)
  expect(ends).toEqual([])
  expect(last().page.cursor).toBe('k9')
  await fail('UNAVAILABLE')
  expect(ends).toEqual([{ kind: 'lost' }])
  await clock.advance(60_000)
  expect(clock.pending).toBe(0)
})

test.each([
  ['UNAVAILABLE', { kind: 'unreachable', silent: false }],
  ['TOKEN_EXPIRED', { kind: 'refused', code: 'TOKEN_EXPIRED' }],
  ['FORBIDDEN', { kind: 'refused', code: 'FORBIDDEN' }],
] as const)('a first poll that ends with %s', async (code, end) => {
  const { ends, fail, told } = setUp()
  await fail(code)
  expect(ends).toEqual([end])
  expect(told).toEqual([])
})

test('what only a socket can do is unavailable', async () => {
  const { answer, clock, line } = setUp()
  await answer()
  const answers: unknown[] = []
  for (const event of ['message:typing', 'call:initiate', 'presence:update', 'presence:subscribe']) {
    line.emit(event, { chatId: 'c' }, (each) => answers.push(each))
  }
  await clock.advance(0)
  expect(answers).toHaveLength(4)
  for (const each of answers) expect(each).toMatchObject({ ok: false, error: { code: 'UNAVAILABLE' } })
})
