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

test('the site is asked with the token, and its answer holds for a while', async () => {
  const { site, clock, check } = await setUp(byToken)
  await using _site = site
  expect(await check.accepts('204')).toBe(true)
  expect(await check.accepts('204')).toBe(true)
  expect(site.requests).toEqual([{ method: 'GET', url: '/api/session', authorization: 'Bearer 204', body: '' }])
  expect(await check.accepts('401')).toBe(false)
  expect(await check.accepts('403')).toBe(false)
  expect(site.requests).toHaveLength(3)
  await clock.advance(30_000)
  expect(await check.accepts('204')).toBe(true)
  expect(site.requests).toHaveLength(4)
})

test('who ask at the same time share one question', async () => {
  const { site, check } = await setUp(byToken)
  await using _site = site
  expect(await Promise.all(Array.from({ length: 20 }, () => check.accepts('200')))).toEqual(Array(20).fill(true))
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
  expect(await check.accepts('token')).toBe(isAccepted)
})

test.each([404, 405])('a site that answers GET with %d is asked by POST, from then on', async (status) => {
  const { site, check } = await setUp((request, response) => {
    if (request.method === 'GET') response.writeHead(status).end()
    else byToken(request, response)
  })
  await using _site = site
  expect(await check.accepts('401')).toBe(false)
  expect(await check.accepts('200')).toBe(true)
  expect(site.requests.map(({ method, body }) => [method, body])).toEqual([
    ['GET', ''],
    ['POST', '{"token":"401"}'],
    ['POST', '{"token":"200"}'],
  ])
})

test.each([500, 502, 429, 302])('a site that answers %d can not be asked: the signature must do', async (status) => {
  const { site, reports, check } = await setUp((_request, response) => response.writeHead(status).end())
  await using _site = site
  expect(await check.accepts('token')).toBe(true)
  expect(reports).toEqual([false])
})

test('a dead site costs nobody any time, and is found out about when it is back', async () => {
  const { site, clock, reports, check } = await setUp(byToken)
  await site.stop()
  expect(await check.accepts('401')).toBe(true)
  expect(reports).toEqual([false])
  await site.start()
  await using _site = site
  for (let round = 0; round < 10; round += 1) expect(await check.accepts('401')).toBe(true)
  expect(site.requests).toEqual([])
  await clock.advance(5_000)
  // One finds out, in the background.
  expect(await check.accepts('401')).toBe(true)
  await expect.poll(() => reports).toEqual([false, true])
  expect(await check.accepts('401')).toBe(false)
})

test('a site that never answers is waited for once', async () => {
  const { site, reports, check } = await setUp(() => undefined)
  await using _site = site
  expect(await check.accepts('one')).toBe(true)
  expect(reports).toEqual([false])
  expect(await check.accepts('two')).toBe(true)
  expect(site.requests).toHaveLength(1)
})
