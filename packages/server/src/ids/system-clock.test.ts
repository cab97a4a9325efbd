import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createSystemClock } from './system-clock.ts'

const DAY_MS = 86_400_000

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('runs once, at the time asked for', async () => {
  const clock = createSystemClock()
  const at = clock.now() + 1_500
  const ranAt: number[] = []
  clock.schedule(at, () => ranAt.push(clock.now()))
  await vi.advanceTimersByTimeAsync(10_000)
  expect(ranAt).toEqual([at])
})

test('waits longer than one timer of the machine can', async () => {
  const clock = createSystemClock()
  const at = clock.now() + 60 * DAY_MS
  const ranAt: number[] = []
  clock.schedule(at, () => ranAt.push(clock.now()))
  await vi.advanceTimersByTimeAsync(61 * DAY_MS)
  expect(ranAt).toEqual([at])
})

test('what is overdue runs soon, but not within the call', async () => {
  const clock = createSystemClock()
  const run = vi.fn()
  clock.schedule(clock.now() - 1, run)
  expect(run).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  expect(run).toHaveBeenCalledOnce()
})

test('what is cancelled does not run, however long it was to wait, and cancelling late is harmless', async () => {
  const clock = createSystemClock()
  const run = vi.fn()
  const cancel = clock.schedule(clock.now() + 60 * DAY_MS, run)
  await vi.advanceTimersByTimeAsync(40 * DAY_MS)
  cancel()
  await vi.advanceTimersByTimeAsync(40 * DAY_MS)
  cancel()
  expect(run).not.toHaveBeenCalled()
})

test('what came while the process stood still is read before what is overdue is done', async () => {
  vi.useRealTimers()
  const clock = createSystemClock()
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('it has a port')
  const [[there], here] = await Promise.all([once(server, 'connection') as Promise<[Socket]>, connected(address.port)])
  const order: string[] = []
  const cancelled = vi.fn()
  let cancel = (): void => undefined
  here.once('data', () => {
    order.push('came')
    cancel()
  })
  // Timers come next after an immediate.
  setImmediate(() => {
    there.write('here it is')
    cancel = clock.schedule(clock.now() + 1, cancelled)
    clock.schedule(clock.now() + 1, () => order.push('overdue'))
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300)
  })
  await expect.poll(() => order).toHaveLength(2)
  expect(order).toEqual(['came', 'overdue'])
  expect(cancelled).not.toHaveBeenCalled()
  here.destroy()
  server.close()
})

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return socket
}
