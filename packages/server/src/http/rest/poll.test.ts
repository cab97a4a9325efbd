import { site } from '@parley/protocol'
import { createFakeClock } from '@parley/testkit/fake-clock'
import { describe, expect, test } from 'vitest'
import { type By, type SiteRest, startSiteRest } from './site-rest-fixture.ts'

const CONVERSATION = 'tea'

/** Ann and Bo in a conversation that the site has made for them. */
async function setUp(...server: Parameters<typeof startSiteRest>) {
  const rest = await startSiteRest(...server)
  const [ann, bo] = [await rest.user('ann'), await rest.user('bo')]
  const body = { id: CONVERSATION, members: [{ userId: 'ann' }, { userId: 'bo' }] }
  await rest.ok(site.conversationAnswer, rest.call('POST', '/api/conversations', rest.site, body), 201)
  return { rest, ann, bo, ...wordsOf(rest) }
}

function wordsOf(rest: SiteRest) {
  const askAt = (url: string, by: By, cursor: string | null, wait = 0, signal?: AbortSignal) => {
    const query = new URLSearchParams({ wait: String(wait), ...(cursor !== null && { cursor }) })
    const headers = by !== null && 'token' in by ? { Authorization: `Bearer ${by.token}` } : {}
    return fetch(`${url}/api/messenger/poll?${query}`, { headers, ...(signal && { signal }) })
  }
  const ask = (by: By, cursor: string | null, wait = 0, signal?: AbortSignal) =>
    askAt(rest.server.url, by, cursor, wait, signal)
  const poll = (by: By, cursor: string | null, wait = 0) => rest.ok(site.pollAnswer, ask(by, cursor, wait))
  const send = (by: By, text: string, messageId: string) =>
    rest.call('POST', '/api/messenger/send', by, { conversationId: CONVERSATION, text, messageId })
  const waiting = async () => {
    let polls = 0
    for (const url of rest.server.nodeUrls) {
      const metrics = await (await fetch(`${url}/metrics`)).text()
      polls += Number(/^parley_polls_waiting (\d+)$/m.exec(metrics)?.[1])
    }
    return polls
  }
  return { ask, askAt, poll, send, waiting }
}

test('without a cursor it is the place to go on from, and then everything new, in order, own messages too', async () => {
  const { rest, ann, bo, poll, send } = await setUp()
  await using _rest = rest
  await rest.ok(site.sendAnswer, send(ann, 'before', 'm-0'))
  const start = await poll(bo, null)
  expect(start).toMatchObject({ events: [], hasMore: false, userId: 'bo' })
  const sent = await rest.ok(site.sendAnswer, send(ann, 'one', 'm-1'))
  expect(sent).toMatchObject({ messageId: 'm-1', status: 'sent' })
  expect(await rest.ok(site.sendAnswer, send(ann, 'one', 'm-1'))).toEqual({ ...sent, status: 'duplicate' })
  await rest.ok(site.sendAnswer, send(bo, 'two', 'm-2'))
  const news = await poll(bo, start.cursor)
  expect(news.events).toMatchObject([
    { event: 'message:new', data: { conversationId: CONVERSATION, messageId: 'm-1', userId: 'ann', text: 'one' } },
    { event: 'message:new', data: { messageId: 'm-2', userId: 'bo', text: 'two' } },
  ])
  for (const { event, data } of news.events) {
    const schema = site.serverMessages[event as site.ServerEvent]
    expect(schema.parse(data)).toEqual(data)
  }
  expect((await poll(bo, news.cursor)).events).toEqual([])
  // The same cursor gives the same again: what was lost on the way is not lost.
  expect((await poll(bo, start.cursor)).events).toEqual(news.events)
})

test('receipts name the message as its sender does', async () => {
  const { rest, ann, bo, poll, send } = await setUp()
  await using _rest = rest
  const { id } = await rest.ok(site.sendAnswer, send(ann, 'one', 'm-1'))
  const { cursor } = await poll(ann, null)
  await rest.done(rest.call('POST', `/api/conversations/${CONVERSATION}/read`, bo, { messageId: id }))
  const { events } = await poll(ann, cursor, 5)
  expect(events).toContainEqual({
    event: 'message:read-receipt',
    data: expect.objectContaining({ conversationId: CONVERSATION, messageId: 'm-1', id, userId: 'bo' }),
  })
})

test('membership and names are told too', async () => {
  const { rest, ann, poll } = await setUp()
  await using _rest = rest
  const { cursor } = await poll(ann, null)
  const path = `/api/conversations/${CONVERSATION}`
  await rest.ok(site.conversationAnswer, rest.call('PATCH', path, rest.site, { name: 'Coffee' }))
  const members = { members: [{ userId: 'cy', name: 'Cy' }] }
  await rest.ok(site.conversationAnswer, rest.call('POST', `${path}/members`, rest.site, members))
  await rest.done(rest.call('DELETE', `${path}/members/cy`, rest.site))
  const { events } = await poll(ann, cursor)
  expect(events.map(({ event }) => event)).toEqual(['conversation:updated', 'user:joined', 'user:left'])
  expect(events[0]?.data).toMatchObject({ change: 'renamed', conversation: { name: 'Coffee' } })
})

/** The server's clock stands still: no poll ends because its time is up, unless the test moves it. */
async function setUpOutOfTime() {
  const clock = createFakeClock(Date.now())
  return { clock, ...(await setUp({}, { clock })) }
}

describe('waiting', () => {
  test('ends when something happens', async () => {
    const { rest, ann, bo, poll, send, waiting } = await setUpOutOfTime()
    await using _rest = rest
    const { cursor } = await poll(bo, null)
    const news = poll(bo, cursor, 20)
    await expect.poll(waiting).toBe(1)
    await rest.ok(site.sendAnswer, send(ann, 'one', 'm-1'))
    expect((await news).events).toHaveLength(1)
    expect(await waiting()).toBe(0)
  })

  test('ends with nothing when the time is up', async () => {
    const { clock, rest, bo, poll, waiting } = await setUpOutOfTime()
    await using _rest = rest
    const { cursor } = await poll(bo, null)
    const news = poll(bo, cursor, 10)
    await expect.poll(waiting).toBe(1)
    await clock.advance(9_999)
    expect(await waiting()).toBe(1)
    await clock.advance(1)
    expect((await news).events).toEqual([])
  })

  test('is given up when the client goes away', async () => {
    const { rest, bo, ask, poll, waiting } = await setUp()
    await using _rest = rest
    const { cursor } = await poll(bo, null)
    const leaving = new AbortController()
    const asked = ask(bo, cursor, 25, leaving.signal).catch(() => 'left')
    await expect.poll(waiting).toBe(1)
    leaving.abort()
    expect(await asked).toBe('left')
    await expect.poll(waiting).toBe(0)
  })

  test('ends at once when the server stops, which need not wait for it', async () => {
    const { rest, bo, ask, poll, waiting } = await setUpOutOfTime()
    const { cursor } = await poll(bo, null)
    const asked = ask(bo, cursor, 25)
    await expect.poll(waiting).toBe(1)
    await rest[Symbol.asyncDispose]()
    expect(site.pollAnswer.parse(await (await asked).json()).events).toEqual([])
  })

  test('ends when the token is taken back', async () => {
    const { rest, bo, ask, poll, waiting } = await setUp()
    await using _rest = rest
    const { cursor } = await poll(bo, null)
    const asked = ask(bo, cursor, 25)
    await expect.poll(waiting).toBe(1)
    await rest.ok(site.revokeAnswer, rest.call('POST', '/api/revoke', rest.site, { userId: 'bo' }))
    expect(await rest.problem(asked)).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' })
  })

  test('ends when the token does', async () => {
    const { clock, rest, ask, poll, bo, waiting } = await setUpOutOfTime()
    await using _rest = rest
    const { cursor } = await poll(bo, null)
    const short = await rest.user('bo', { exp: Math.floor(clock.now() / 1000) + 10 })
    const asked = ask(short, cursor, 25)
    await expect.poll(waiting).toBe(1)
    await clock.advance(10_000)
    expect((await asked).status).toBe(200)
  })

  test('is for eight of one user at a time on a node: one more ends the oldest', async () => {
    const { rest, ann, bo, askAt, poll, waiting } = await setUp()
    const ask = askAt.bind(null, rest.server.nodeUrls[0] ?? '')
    const { cursor } = await poll(bo, null)
    const first = ask(bo, cursor, 25)
    await expect.poll(waiting).toBe(1)
    const others = Array.from({ length: 7 }, () => ask(bo, cursor, 25))
    const another = ask(ann, (await poll(ann, null)).cursor, 25)
    await expect.poll(waiting).toBe(9)
    others.push(ask(bo, cursor, 25))
    expect((await first).status).toBe(200)
    await expect.poll(waiting).toBe(9)
    await rest[Symbol.asyncDispose]()
    expect((await Promise.all([...others, another])).map(({ status }) => status)).toEqual(Array(9).fill(200))
  })
})

test.each([
  ['cursor', 'cursor=nonsense'],
  ['wait', 'wait=26'],
  ['wait', 'wait=-1'],
  ['wait', 'wait=soon'],
])('a wrong %s is refused (%s)', async (path, query) => {
  const { rest, bo } = await setUp()
  await using _rest = rest
  expect(await rest.problem(rest.call('GET', `/api/messenger/poll?${query}`, bo))).toMatchObject({
    status: 400,
    code: 'VALIDATION_FAILED',
    errors: [expect.objectContaining({ path })],
  })
})

test('polls have a limit of their own, and leave that of other calls alone', async () => {
  const { rest, bo, ask } = await setUp({ rateLimitUserMax: 2, rateLimitPollMax: 5 })
  await using _rest = rest
  for (let round = 0; round < 5; round += 1) {
    const { status, headers } = await ask(bo, null)
    expect([status, headers.get('ratelimit-limit'), headers.get('ratelimit-remaining')]).toEqual([
      200,
      '5',
      `${4 - round}`,
    ])
  }
  const refused = await ask(bo, null)
  expect(refused.headers.get('ratelimit-remaining')).toBe('0')
  expect(refused.headers.get('ratelimit-reset')).toBe(refused.headers.get('retry-after'))
  const problem = await rest.problem(Promise.resolve(refused))
  expect(problem).toMatchObject({ status: 429, code: 'RATE_LIMITED' })
  expect(problem.retryAfterMs).toBeGreaterThan(0)
  for (let round = 0; round < 2; round += 1) expect((await rest.call('GET', '/api/conversations', bo)).status).toBe(200)
  expect((await rest.call('GET', '/api/conversations', bo)).status).toBe(429)
})

test('messages are counted per user, however they are sent; those of the site are not', async () => {
  const { rest, ann, send } = await setUp({ rateLimitMessagesMax: 3 })
  await using _rest = rest
  for (const n of [1, 2, 3]) await rest.ok(site.sendAnswer, send(ann, 'x', `m-${n}`))
  expect(await rest.problem(send(ann, 'x', 'm-4'))).toMatchObject({ status: 429, code: 'RATE_LIMITED' })
  for (const n of [5, 6, 7, 8]) {
    const body = { text: 'x', messageId: `m-${n}`, userId: 'bo' }
    const sent = rest.call('POST', `/api/conversations/${CONVERSATION}/messages`, rest.site, body)
    await rest.ok(site.sendAnswer, sent, 201)
  }
})

test('a send that fails is a problem with its status, and nothing was stored', async () => {
  const { rest, ann, send } = await setUp()
  await using _rest = rest
  const stranger = await rest.user('eve')
  expect(await rest.problem(send(stranger, 'hello', 'm-1'))).toMatchObject({
    status: 404,
    code: 'CONVERSATION_NOT_FOUND',
  })
  const long = rest.call('POST', '/api/messenger/send', ann, {
    conversationId: CONVERSATION,
    text: 'x',
    messageId: 'x'.repeat(65),
  })
  expect(await rest.problem(long)).toMatchObject({ status: 400, errors: [{ path: 'messageId' }] })
})
