import type { IncomingMessage, ServerResponse } from 'node:http'
import { createFakeClock } from '@parley/testkit/fake-clock'
import { expect, test } from 'vitest'
import { openOtherServer } from './other-server-fixture.ts'
import { createSiteCheck } from './site-check.ts'

async function setUp(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const site = await openOtherServer(answer)
  const clock = createFakeClock()
  const reports: boolean[] = []
  const check = createSiteCheck({
    url: `${site.url}/api/session`,
    clock,
    report: (isReachable) => reports.push(isReachable),
  })
  return { site, clock, reports, check }
}

/** Answers with the status that the token is. */
const byToken = (request: IncomingMessage, response: ServerResponse): void => {
  response.writeHead(Number(request.headers.authorization?.replace('Bearer ', '') ?? 500)).end()
}

test('the site is asked with the token, each time or by an answer that may be so old', async () => {
  const { site, clock, check } = await setUp(byToken)
  await using _site = site
  expect(await check.accepts('204', 0)).toBe(true)
  expect(site.requests).toEqual([{ method: 'GET', url: '/api/session', authorization: 'Bearer 204', body: '' }])
  expect(await check.accepts('204', 0)).toBe(true)
  expect(await check.accepts('401', 0)).toBe(false)
  expect(await check.accepts('403', 0)).toBe(false)
  expect(site.requests).toHaveLength(4)
  expect(await check.accepts('204', 5_000)).toBe(true)
  expect(await check.accepts('401', 5_000)).toBe(false)
  expect(site.requests).toHaveLength(4)
  await clock.advance(5_000)
  expect(await check.accepts('204', 5_000)).toBe(true)
  expect(site.requests).toHaveLength(5)
})

test('whoever has logged out at the site is refused at once, whatever it said a moment ago', async () => {
  const loggedIn = new Set(['ann'])
  const { site, check } = await setUp((request, response) => {
    response.writeHead(loggedIn.has(request.headers.authorization?.slice(7) ?? '') ? 204 : 401).end()
  })
  await using _site = site
  expect(await check.accepts('ann', 0)).toBe(true)
  loggedIn.delete('ann')
  expect(await check.accepts('ann', 0)).toBe(false)
  loggedIn.add('ann')
  expect(await check.accepts('ann', 0)).toBe(true)
})

test('who ask at the same time share one question', async () => {
  const { site, check } = await setUp(byToken)
  await using _site = site
  expect(await Promise.all(Array.from({ length: 20 }, () => check.accepts('200', 0)))).toEqual(Array(20).fill(true))
  expect(site.requests).toHaveLength(1)
})

test.each([
  [{ valid: false }, false],
  [{ active: false }, false],
  [{ valid: true, user: { id: 7 } }, true],
  ['fine', true],
])('an answer of %j is %s', async (body, isAccepted) => {
  const { site, check } = await setUp((_request, response) => response.end(JSON.stringify(body)))
  await using _site = site
  expect(await check.accepts('token', 0)).toBe(isAccepted)
})

test.each([404, 405])('a site that answers GET with %d is asked by POST, from then on', async (status) => {
  const { site, check } = await setUp((request, response) => {
    if (request.method === 'GET') response.writeHead(status).end()
    else byToken(request, response)
  })
  await using _site = site
  expect(await check.accepts('401', 0)).toBe(false)
  expect(await check.accepts('200', 0)).toBe(true)
  expect(site.requests.map(({ method, body }) => [method, body])).toEqual([
    ['GET', ''],
    ['POST', '{"token":"401"}'],
    ['POST', '{"token":"200"}'],
  ])
})

test.each([500, 502, 429, 302])('a site that answers %d can not be asked: the signature must do', async (status) => {
  const { site, reports, check } = await setUp((_request, response) => response.writeHead(status).end())
  await using _site = site
  expect(await check.accepts('token', 0)).toBe(true)
  expect(reports).toEqual([false])
})

test('while the site is dead the signature must do; its first answer counts', async () => {
  const { site, reports, check } = await setUp(byToken)
  await site.stop()
  for (let round = 0; round < 10; round += 1) expect(await check.accepts('401', 0)).toBe(true)
  expect(reports).toEqual([false])
  await site.start()
  await using _site = site
  expect(await check.accepts('401', 0)).toBe(false)
  expect(reports).toEqual([false, true])
})

test('calls do not ask a dead site each time', async () => {
  const { site, clock, check } = await setUp((_request, response) => response.writeHead(503).end())
  await using _site = site
  for (let round = 0; round < 10; round += 1) expect(await check.accepts('token', 5_000)).toBe(true)
  expect(site.requests).toHaveLength(1)
  await clock.advance(5_000)
  expect(await check.accepts('token', 5_000)).toBe(true)
  expect(site.requests).toHaveLength(2)
})

test('a site that never answers is asked of one at a time, who waits a moment; its first answer counts', async () => {
  let hangs = true
  let givenUp = 0
  const { site, reports, check } = await setUp((request, response) => {
    if (!hangs) return byToken(request, response)
    response.once('close', () => {
      givenUp += 1
    })
  })
  await using _site = site
  expect(await check.accepts('401', 0)).toBe(true)
  expect(reports).toEqual([false])
  await expect.poll(() => givenUp).toBe(1)
  const trying = check.accepts('401', 0)
  for (let round = 0; round < 10; round += 1) expect(await check.accepts(`40${round}`, 0)).toBe(true)
  expect(await trying).toBe(true)
  expect(site.requests).toHaveLength(2)
  // It is still being asked.
  expect(givenUp).toBe(1)
  hangs = false
  await expect.poll(() => check.accepts('401', 0), { timeout: 10_000 }).toBe(false)
  expect(reports).toEqual([false, true])
})
