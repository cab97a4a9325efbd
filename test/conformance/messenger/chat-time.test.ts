import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startServer, type TestServer } from '@parley/testkit'
import { createFakeClock, type FakeClock } from '@parley/testkit/fake-clock'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSite, type Person, type Site } from './site.ts'

const PATIENCE_MS = 10_000
const STEP_MS = 250
/** The server renews leases, which takes real time where they are in Redis: never more than this passes meanwhile. */
const BEAT_MS = 5000
/** Real time that a step takes in which something is done, so that a database answers before the clock is far ahead. */
const STEP_TAKES_MS = 20

let folder: string
let clock: FakeClock
let server: TestServer
let site: Site
let ann: Person
let bob: Person
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-time-'))
  clock = createFakeClock()
  server = await startServer({ databaseUrl: `sqlite:${join(folder, 'parley.db')}` }, { clock })
  site = openSite(server, () => clock.now())
  ann = site.person('ann')
  bob = site.person('bob')
})
afterEach(async () => {
  site[Symbol.dispose]()
  await server[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

/** Lets the server's time pass until this has come, slowly from when it is due, and gives how long that took. */
async function passUntil<T>(
  wanted: Promise<T>,
  dueMs = Number.POSITIVE_INFINITY,
): Promise<{ readonly value: T; readonly tookMs: number }> {
  const start = clock.now()
  const deadline = performance.now() + PATIENCE_MS
  let isHere = false
  wanted.then(
    () => {
      isHere = true
    },
    () => undefined,
  )
  while (!isHere && performance.now() < deadline) {
    await clock.advance(STEP_MS)
    // It asks all that the server stands on.
    if ((clock.now() - start) % BEAT_MS === 0) await (await fetch(`${server.url}/readyz`)).text()
    if (clock.now() - start >= dueMs) await pause(STEP_TAKES_MS)
  }
  return { value: await wanted, tookMs: clock.now() - start }
}

describe('a call', () => {
  it('that nobody answers stops after 45 seconds and leaves a missed call', async () => {
    const chatId = await site.direct(ann, bob)
    const [caller, device] = [await ann.connect(), await bob.connect()]
    await device.ask('notification:clear-all', {})
    const { call } = await caller.ask('call:initiate', { chatId, type: 'audio' })
    await device.next('call:incoming')
    const { value: end } = await passUntil(device.next('call:end', undefined, PATIENCE_MS), 45_000)
    expect(end).toEqual({ callId: call.id, chatId, reason: 'timeout' })
    expect(await caller.next('call:end')).toEqual(end)
    const missed = await device.next('notification:new')
    expect(missed).toMatchObject({ kind: 'call', chatId, data: { callId: call.id } })
    expect(missed.createdAt - call.createdAt).toBeGreaterThanOrEqual(45_000)
    expect(missed.createdAt - call.createdAt).toBeLessThan(55_000)
    expect((await caller.refused('call:answer', { callId: call.id })).code).toBe('CALL_NOT_FOUND')
  })

  it('ends when one side has been gone for 15 seconds, and not when they come back', async () => {
    const chatId = await site.direct(ann, bob)
    const [caller, device] = [await ann.connect(), await bob.connect()]
    const { call } = await caller.ask('call:initiate', { chatId, type: 'audio' })
    const callId = call.id
    await device.ask('call:answer', { callId })
    await caller.next('call:answer')

    device.socket.close()
    await clock.advance(10_000)
    const back = await bob.connect()
    // Until the server has noticed that the old connection is gone, the call is on that one.
    await expect
      .poll(async () => (await back.socket.emitWithAck('call:answer', { callId, answer: 'again' })).ok, {
        timeout: 5000,
      })
      .toBe(true)
    expect(await caller.next('call:answer')).toMatchObject({ userId: bob.userId, answer: 'again' })
    await clock.advance(60_000)
    await caller.ask('call:ice-candidate', { callId, candidate: 1 })

    back.socket.close()
    const { value: end, tookMs } = await passUntil(caller.next('call:end', undefined, PATIENCE_MS))
    expect(end).toEqual({ callId, chatId, reason: 'failed' })
    expect(tookMs).toBeGreaterThanOrEqual(15_000)
  })
})

describe('presence', () => {
  it('is away after five minutes without activity, and online with the next', async () => {
    await site.direct(ann, bob)
    const [client, device] = [await ann.connect(), await bob.connect()]
    const { users } = await client.ask('presence:subscribe', { userIds: [bob.userId] })
    expect(users).toMatchObject([{ status: 'online' }])
    const ofBob = () => client.next('presence:update', ({ userId }) => userId === bob.userId, PATIENCE_MS)
    const { value: away, tookMs } = await passUntil(ofBob())
    expect(away).toMatchObject({ userId: bob.userId, status: 'away' })
    expect(tookMs).toBeGreaterThanOrEqual(299_000)
    await device.ask('notification:get-pending', {})
    const { value: back } = await passUntil(ofBob())
    expect(back).toMatchObject({ status: 'online' })
  })
})

describe('limits', () => {
  it('are those of the table, for each user', async () => {
    const chatId = await site.direct(ann, bob)
    const [client, other] = [await ann.connect(), await bob.connect()]
    const { message } = await other.ask('message:new', { chatId, encryptedContent: 'Hello' })
    const at = { chatId, messageId: message.id }
    const { call } = await other.ask('call:initiate', { chatId, type: 'audio' })
    const table: [event: string, data: object, points: number, windowMs: number][] = [
      ['message:new', { chatId, encryptedContent: 'x' }, 30, 60_000],
      ['message:typing', { chatId }, 10, 10_000],
      ['message:delivered', at, 100, 60_000],
      ['message:read', at, 100, 60_000],
      ['presence:update', { status: 'online' }, 20, 60_000],
      ['reaction:new', { ...at, emoji: '👍' }, 50, 60_000],
      ['reaction:remove', { ...at, emoji: '👍' }, 50, 60_000],
      ['call:initiate', { chatId, type: 'audio' }, 5, 60_000],
      ['call:ice-candidate', { callId: call.id, candidate: 1 }, 300, 10_000],
      ['notification:get-pending', {}, 120, 60_000],
    ]
    for (const [event, data, points, windowMs] of table) {
      for (let number = 0; number < points; number += 1) {
        expect(await client.socket.emitWithAck(event, data), `${event} ${number}`).toMatchObject({ ok: true })
      }
      const refusal = await client.refused(event, data)
      expect(refusal, event).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) })
      expect(refusal.retryAfterMs).toBeGreaterThan(0)
      expect(refusal.retryAfterMs).toBeLessThanOrEqual(windowMs)
    }
    await other.ask('message:typing', { chatId })
  })
})
