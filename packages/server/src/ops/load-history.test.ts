import { describe, expect, test } from 'vitest'
import { NO_WIRES } from '../wire/no-wires.ts'
import { openLoadHistory, quantileMs } from './load-history.ts'
import type { Measured } from './metrics.ts'

const INFINITE = Number.POSITIVE_INFINITY

describe('a quantile of buckets', () => {
  test('lies within its bucket', () => {
    const buckets = [
      [0.01, 50],
      [0.02, 90],
      [0.1, 100],
      [INFINITE, 100],
    ] as const
    expect(quantileMs(buckets, 0.5)).toBe(10)
    expect(quantileMs(buckets, 0.7)).toBe(15)
    expect(quantileMs(buckets, 0.99)).toBe(92)
  })

  test('is the last bound for what took longer, and nothing for nothing', () => {
    expect(
      quantileMs(
        [
          [0.01, 0],
          [INFINITE, 3],
        ],
        0.5,
      ),
    ).toBe(10)
    expect(
      quantileMs(
        [
          [0.01, 0],
          [INFINITE, 0],
        ],
        0.5,
      ),
    ).toBeNull()
    expect(quantileMs([], 0.5)).toBeNull()
  })
})

test('samples tell what happened between one and the next', async () => {
  let measured: Measured = { sends: [], deliveries: [], errors: [] }
  let at = 1000
  let delivered = 100
  using history = openLoadHistory({
    metrics: { measured: async () => measured },
    source: { wires: () => ({ ...NO_WIRES.stats(), deliveries: delivered, users: 3, queuedBytes: 7 }) },
    now: () => at,
    report: (error) => expect.unreachable(String(error)),
  })
  await history.sample()
  expect(history.since(0)).toMatchObject([
    { at: 1000, messagesPerS: 0, sendP50Ms: null, deliveryP99Ms: null, users: 3 },
  ])

  at = 6000
  delivered = 1_000_100
  measured = {
    sends: [
      [0.01, 10],
      [INFINITE, 10],
    ],
    deliveries: [
      [0.005, 4],
      [INFINITE, 4],
    ],
    errors: [
      { wire: 'rest', code: 'FORBIDDEN', count: 1_000_000 },
      { wire: 'rest', code: 'INTERNAL', count: 1_000_000 },
    ],
  }
  await history.sample()
  const [latest, ...rest] = history.since(1000)
  expect(rest).toEqual([])
  expect(latest).toMatchObject({ at: 6000, sendP50Ms: 5, deliveryP99Ms: 4.95, queuedBytes: 7 })
  for (const rate of ['messagesPerS', 'deliveriesPerS', 'refusedPerS', 'faultsPerS'] as const) {
    expect(latest?.[rate], rate).toBeGreaterThan(0)
  }
  // What is told is since the last one, not since the start.
  await history.sample()
  expect(history.since(0).at(-1)).toMatchObject({ messagesPerS: 0, refusedPerS: 0, faultsPerS: 0, sendP50Ms: null })
})

test('a quarter of an hour is kept', async () => {
  let at = 0
  using history = openLoadHistory({
    metrics: { measured: async () => ({ sends: [], deliveries: [], errors: [] }) },
    source: { wires: () => NO_WIRES.stats() },
    now: () => (at += 5000),
    report: () => undefined,
  })
  for (let n = 0; n < 200; n += 1) await history.sample()
  const kept = history.since(0)
  expect([kept.length, kept[0]?.at]).toEqual([180, 21 * 5000])
})
