import { expect, test } from 'vitest'
import { independentArrivals } from './load/arrivals.ts'
import { axisSteps } from './report/bar-chart.ts'
import { markdownTable } from './report/table.ts'
import { quantile, spreadOf } from './statistics.ts'
import { verdictOf } from './target.ts'

test('quantiles lie between the values next to them', () => {
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5)
  expect(quantile([10, 20, 30], 0)).toBe(10)
  expect(quantile([10, 20, 30], 1)).toBe(30)
  expect(quantile([], 0.5)).toBeNaN()
  expect(spreadOf([3, 9, 6])).toEqual({ median: 6, min: 3, max: 9 })
})

test('a target is reached by the median', () => {
  expect(verdictOf('it', 0.7, spreadOf([0.6, 0.7, 0.9])).reached).toBe(true)
  expect(verdictOf('it', 0.7, spreadOf([0.6, 0.71, 0.72])).reached).toBe(false)
})

test('the same seed gives the same arrivals, spread over window and senders', () => {
  const arrivals = independentArrivals(1000, 5000, 10, 7)
  expect(independentArrivals(1000, 5000, 10, 7)).toEqual(arrivals)
  expect(independentArrivals(1000, 5000, 10, 8)).not.toEqual(arrivals)
  expect(arrivals.map(({ atMs }) => atMs)).toEqual(arrivals.map(({ atMs }) => atMs).sort((a, b) => a - b))
  expect(new Set(arrivals.map(({ sender }) => sender))).toEqual(new Set(Array.from({ length: 10 }, (_, i) => i)))
  expect(arrivals.filter(({ atMs }) => atMs < 2500).length).toBeGreaterThan(400)
  expect(arrivals.every(({ atMs }) => atMs >= 0 && atMs < 5000)).toBe(true)
})

test('axes have round steps and reach the greatest value', () => {
  expect(axisSteps(12.4)).toEqual([0, 5, 10, 15])
  expect(axisSteps(100)).toEqual([0, 20, 40, 60, 80, 100])
  expect(axisSteps(0)).toEqual([0, 1])
})

test('tables line up', () => {
  expect(
    markdownTable([
      ['server', 'ms'],
      ['a', '1.25'],
    ]),
  ).toBe('| server |   ms |\n| ------ | ---: |\n| a      | 1.25 |')
})
