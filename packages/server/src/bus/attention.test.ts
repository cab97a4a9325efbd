import { expect, it } from 'vitest'
import { Attention } from './attention.ts'

function setUp(random = 0) {
  const clock = { ms: 1_000_000 }
  const attention = new Attention({ shortestMs: 5000, longestMs: 25_000, nowMs: () => clock.ms, random: () => random })
  /** Looks, as a node does, every five seconds for so long; gives the seconds at which this conversation was due. */
  const lookFor = (seconds: number, revAt: (second: number) => number): number[] => {
    const looked: number[] = []
    for (let second = 5; second <= seconds; second += 5) {
      clock.ms += 5000
      if (attention.due(['tea']).length === 0) continue
      looked.push(second)
      attention.looked('tea', { epoch: 'e', rev: revAt(second) })
    }
    return looked
  }
  return { clock, attention, lookFor }
}

it('looks at what is quiet more and more seldom, up to a bound', () => {
  const { lookFor } = setUp()
  expect(lookFor(120, () => 7)).toEqual([5, 10, 20, 40, 65, 90, 115])
})

it('never waits longer than the bound and half a round', () => {
  const { lookFor } = setUp(0.999)
  const looked = lookFor(300, () => 7)
  expect(Math.max(...looked.slice(1).map((second, at) => second - (looked[at] ?? 0)))).toBeLessThanOrEqual(25)
})

it('looks often again where something is found that has moved', () => {
  const { lookFor } = setUp()
  const looked = lookFor(100, (second) => (second >= 30 ? 8 : 7))
  expect(looked).toEqual([5, 10, 20, 40, 45, 55, 75, 100])
})

it('looks soon where there is news', () => {
  const { attention, clock, lookFor } = setUp()
  lookFor(65, () => 7)
  attention.news('tea')
  attention.news('unknown')
  clock.ms += 5000
  expect(attention.due(['tea'])).toEqual(['tea'])
})

it('looks at once at what is new to it, what it could not read, and what came back', () => {
  const { attention } = setUp()
  expect(attention.due(['tea', 'new'])).toEqual(['tea', 'new'])
  attention.looked('tea', { epoch: 'e', rev: 1 })
  expect(attention.due(['tea', 'new'])).toEqual(['new'])
  expect(attention.due(['new'])).toEqual(['new'])
  expect(attention.due(['tea', 'new'])).toEqual(['tea', 'new'])
})

it('takes another conversation under the same id, and its end, for news', () => {
  const { attention, clock } = setUp()
  const steps = [{ epoch: 'e', rev: 1 }, { epoch: 'e', rev: 1 }, { epoch: 'f', rev: 1 }, null]
  for (const position of steps) {
    attention.looked('tea', position)
    clock.ms += 5000
  }
  expect(attention.due(['tea'])).toEqual(['tea'])
})
