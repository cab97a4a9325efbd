import { expect, test } from 'vitest'
import { createQualityWatch, type LineSample, qualityOf } from './line-quality.ts'

const GOOD: LineSample = { loss: 0, jitterMs: 5, roundTripMs: 40 }

test.each([
  [GOOD, 'good'],
  [{ loss: 0.02, jitterMs: null, roundTripMs: null }, 'good'],
  [{ ...GOOD, loss: 0.05 }, 'fair'],
  [{ ...GOOD, jitterMs: 60 }, 'fair'],
  [{ ...GOOD, roundTripMs: 400 }, 'fair'],
  [{ ...GOOD, loss: 0.2 }, 'poor'],
  [{ ...GOOD, roundTripMs: 900 }, 'poor'],
] as const)('%j is %s', (sample, quality) => {
  expect(qualityOf(sample)).toBe(quality)
})

test('is told when it stays another, not for one bad moment', () => {
  const told: string[] = []
  const watch = createQualityWatch((quality) => told.push(quality))
  const poor = { ...GOOD, loss: 0.5 }
  for (const sample of [GOOD, GOOD, poor, GOOD, GOOD, poor, poor, poor]) watch.add(sample)
  expect(told).toEqual(['good', 'poor'])
  expect(watch.quality).toBe('poor')
})
