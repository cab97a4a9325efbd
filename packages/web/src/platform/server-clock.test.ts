import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest'
import { fetchFromServer, serverAheadMs } from './server-clock.ts'

const now = Date.UTC(2026, 0, 1)
const answers = (date: string | null) =>
  vi.stubGlobal('fetch', async () => new Response(null, date === null ? {} : { headers: { date } }))

beforeEach(() => {
  vi.useFakeTimers({ now })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})
afterAll(async () => {
  answers(new Date().toUTCString())
  await fetchFromServer('/')
  vi.unstubAllGlobals()
})

it.each([-2 * 3_600_000, 0, 2 * 3_600_000])('an answer tells that the server is %i ms ahead', async (aheadMs) => {
  answers(new Date(now + aheadMs).toUTCString())
  await fetchFromServer('/')
  expect(serverAheadMs()).toBe(aheadMs)
})

it.each([null, 'soon'])('an answer of the date %s changes nothing', async (date) => {
  answers(new Date(now + 5000).toUTCString())
  await fetchFromServer('/')
  answers(date)
  await fetchFromServer('/')
  expect(serverAheadMs()).toBe(5000)
})
