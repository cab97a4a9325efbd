import { expect, test, vi } from 'vitest'
import { createAvailability } from './availability.ts'

const AWAY = new Error('away')
const MISTAKE = new Error('a mistake')

/** On a clock that is moved by hand. */
function open(poolSize = 2) {
  vi.useFakeTimers()
  const drop = vi.fn()
  const failureOf = (error: unknown) => (error === AWAY ? 'away' : 'other')
  const { guard } = createAvailability({ poolSize, callTimeoutMs: 6000, probeIntervalMs: 1000 }, failureOf, drop)
  return { guard, drop, [Symbol.dispose]: () => vi.useRealTimers() }
}

const never = (): Promise<never> => Promise.withResolvers<never>().promise
const unavailable = { code: 'UNAVAILABLE' }

test('a mistake is told as it is, and the database stays', async () => {
  using opened = open()
  await expect(opened.guard(() => Promise.reject(MISTAKE))).rejects.toBe(MISTAKE)
  expect(await opened.guard(async () => 1)).toBe(1)
  expect(opened.drop).not.toHaveBeenCalled()
})

test('once it is away everybody is refused at once, but for one who tries it each second', async () => {
  using opened = open()
  await expect(opened.guard(() => Promise.reject(AWAY))).rejects.toMatchObject(unavailable)
  expect(opened.drop).toHaveBeenCalledOnce()
  const call = vi.fn(() => Promise.reject(AWAY))
  await expect(opened.guard(call)).rejects.toMatchObject(unavailable)
  expect(call).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1000)
  await expect(opened.guard(call)).rejects.toMatchObject(unavailable)
  expect(call).toHaveBeenCalledOnce()
  vi.advanceTimersByTime(1000)
  expect(await opened.guard(async () => 'back')).toBe('back')
  expect(await opened.guard(async () => 'and stays')).toBe('and stays')
})

test('while one tries it the others are refused', async () => {
  using opened = open()
  await expect(opened.guard(() => Promise.reject(AWAY))).rejects.toMatchObject(unavailable)
  vi.advanceTimersByTime(1000)
  const trying = Promise.withResolvers<string>()
  const tried = opened.guard(() => trying.promise)
  await expect(opened.guard(async () => 1)).rejects.toMatchObject(unavailable)
  trying.resolve('back')
  expect(await tried).toBe('back')
})

test('one that does not answer is away: whoever waits is refused with the first', async () => {
  using opened = open(1)
  const stuck = opened.guard(never)
  const waiting = opened.guard(async () => 1)
  const both = Promise.allSettled([stuck, waiting])
  await vi.advanceTimersByTimeAsync(6000)
  expect(await both).toMatchObject(Array(2).fill({ status: 'rejected', reason: unavailable }))
  expect(opened.drop).toHaveBeenCalledOnce()
})

test('a crowd waits for its turn, for as long as it takes, and urgent calls go before it', async () => {
  using opened = open(1)
  const order: string[] = []
  const call = (name: string) => async () => {
    order.push(name)
    await new Promise((resolve) => setTimeout(resolve, 4000))
  }
  const all = Promise.all([
    opened.guard(call('first')),
    opened.guard(call('second')),
    opened.guard(call('third')),
    opened.guard(call('urgent'), 'urgent'),
  ])
  await vi.advanceTimersByTimeAsync(16_000)
  await all
  expect(order).toEqual(['first', 'urgent', 'second', 'third'])
  expect(opened.drop).not.toHaveBeenCalled()
})

test('one that answers with a mistake is back', async () => {
  using opened = open()
  await expect(opened.guard(() => Promise.reject(AWAY))).rejects.toMatchObject(unavailable)
  vi.advanceTimersByTime(1000)
  await expect(opened.guard(() => Promise.reject(MISTAKE))).rejects.toBe(MISTAKE)
  expect(await opened.guard(async () => 1)).toBe(1)
})
