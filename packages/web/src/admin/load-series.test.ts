import type { admin } from '@parley/protocol'
import { describe, expect, it } from 'vitest'
import { clusterLoad, type LoadSeries, lastAt, withSamples } from './load-series.ts'

const sample = (at: number, more: Partial<admin.LoadSample> = {}): admin.LoadSample => ({
  at,
  connections: 1,
  users: 1,
  messagesPerS: 2,
  deliveriesPerS: 3,
  refusedPerS: 0,
  faultsPerS: 0,
  sendP50Ms: null,
  sendP99Ms: null,
  deliveryP99Ms: null,
  loopLagMs: 1,
  cpu: 0.1,
  memoryBytes: 10,
  queuedBytes: 0,
  ...more,
})

const NONE: LoadSeries = new Map()

describe('what nodes said', () => {
  it('is kept once, and for a quarter of an hour', () => {
    let series = withSamples(NONE, 'a', [sample(5000), sample(10_000)])
    series = withSamples(series, 'a', [sample(5000), sample(10_000), sample(15_000)])
    expect(series.get('a')?.map(({ at }) => at)).toEqual([5000, 10_000, 15_000])
    expect([lastAt(series, 'a'), lastAt(series, 'b')]).toEqual([15_000, 0])
    for (let n = 4; n < 300; n += 1) series = withSamples(series, 'a', [sample(n * 5000)])
    expect(series.get('a')).toHaveLength(180)
  })

  it('is one picture: what adds up is added, of what is slow the worst is taken', () => {
    let series = withSamples(NONE, 'a', [sample(5001, { sendP99Ms: 7 })])
    series = withSamples(series, 'b', [sample(7000, { sendP99Ms: 4, connections: 5, cpu: 0.9 })])
    expect(clusterLoad(series, ['a', 'b'])).toMatchObject([
      { at: 5000, connections: 6, messagesPerS: 4, sendP99Ms: 7, sendP50Ms: null, cpu: 0.9 },
    ])
    expect(clusterLoad(series, ['b'])).toMatchObject([{ connections: 5 }])
  })

  it('stands for a node that was not asked for a while', () => {
    let series = withSamples(NONE, 'a', [sample(5000), sample(10_000), sample(15_000)])
    series = withSamples(series, 'b', [sample(10_000, { connections: 4 })])
    expect(clusterLoad(series, ['a', 'b']).map(({ connections }) => connections)).toEqual([1, 5, 5])
    expect(clusterLoad(NONE, ['a'])).toEqual([])
  })
})
