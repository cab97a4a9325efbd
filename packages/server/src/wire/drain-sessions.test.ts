import { beforeEach, expect, test } from 'vitest'
import { drainSessions } from './drain-sessions.ts'
import type { Session } from './session.ts'

/** A session as draining knows it. */
interface Drained {
  toldMs: number | null
  leftAtMs: number | null
  wasCut: boolean
  busyUntilMs: number
}

let passedMs: number
let open: Map<Session, Drained>
const clock = {
  now: () => 1_000_000 + passedMs,
  async pause(ms: number) {
    passedMs += ms
  },
}

beforeEach(() => {
  open = new Map()
  passedMs = 0
})

function connect(busyForMs = 0): Drained {
  const drained: Drained = { toldMs: null, leftAtMs: null, wasCut: false, busyUntilMs: busyForMs }
  const session: Pick<Session, 'busy' | 'drain' | 'sendAway' | 'terminate'> = {
    get busy() {
      return passedMs < drained.busyUntilMs
    },
    drain(afterMs) {
      drained.toldMs = afterMs
    },
    sendAway() {
      drained.leftAtMs = passedMs
      open.delete(session as Session)
    },
    terminate() {
      drained.wasCut = true
      open.delete(session as Session)
    },
  }
  open.set(session as Session, drained)
  return drained
}

const drain = (ms: number): Promise<void> =>
  drainSessions({ sessions: () => [...open.keys()], forwarder: null, random: () => 0.5, clock }, ms)

test('each is told a time of its own, evenly spread, and goes then', async () => {
  const all = Array.from({ length: 40 }, () => connect())
  await drain(1000)
  const told = all.map(({ toldMs }) => toldMs ?? -1).sort((one, other) => one - other)
  expect(told[0]).toBeGreaterThanOrEqual(0)
  expect(told.at(-1)).toBeLessThanOrEqual(400)
  for (const [at, ms] of told.entries()) if (at > 0) expect(ms - (told[at - 1] ?? 0)).toBeCloseTo(10)
  for (const { leftAtMs, toldMs, wasCut } of all) {
    expect(wasCut).toBe(false)
    expect(leftAtMs).toBeGreaterThanOrEqual(toldMs ?? Number.POSITIVE_INFINITY)
  }
})

test('few are done quickly, none at once', async () => {
  await drain(10_000)
  expect(passedMs).toBe(0)
  connect()
  connect()
  await drain(10_000)
  // Half a second is for those who are slow about it.
  expect(passedMs).toBeGreaterThan(0)
  expect(passedMs).toBeLessThan(600)
})

test('what is being worked on is answered first', async () => {
  const busy = connect(600)
  const idle = connect()
  await drain(2000)
  expect(idle.leftAtMs).toBeLessThan(600)
  expect(busy.leftAtMs).toBeGreaterThanOrEqual(600)
  expect(busy.wasCut).toBe(false)
})

test('what is not done when the time is up is cut', async () => {
  const stuck = connect(Number.POSITIVE_INFINITY)
  await drain(200)
  expect(stuck.wasCut).toBe(true)
  expect(passedMs).toBe(200)
})

test('what passes through to other nodes ends bit by bit', async () => {
  let passing = 20
  const ended: number[] = []
  const forwarder = {
    get passing() {
      return passing
    },
    endOldest() {
      passing -= 1
      ended.push(passedMs)
      return true
    },
  }
  await drainSessions({ sessions: () => [], forwarder, clock }, 1000)
  expect(ended).toHaveLength(20)
  expect((ended.at(-1) ?? 0) - (ended[0] ?? 0)).toBeGreaterThan(100)
})

test('requests that pass through to other nodes are answered first', async () => {
  const answeredAtMs = 300
  let asked = 0
  const forwarder = {
    get passing() {
      return passedMs < answeredAtMs ? 3 : 0
    },
    endOldest() {
      asked += 1
      // One of them is held by nobody.
      return asked <= 2
    },
  }
  await drainSessions({ sessions: () => [], forwarder, clock }, 2000)
  expect(asked).toBeGreaterThanOrEqual(2)
  expect(passedMs).toBe(answeredAtMs)
})
