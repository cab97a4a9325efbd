import { expect, it } from 'vitest'
import { FAULT_KINDS, scheduleFaults } from './schedule-faults.ts'

const plan = { seed: 7, nodes: 3, januses: 2, lines: 4, durationMs: 600_000 }
const until = ({ atMs, lastsMs }: { atMs: number; lastsMs: number }): number => atMs + lastsMs

it('is the same for the same seed, and another for another', () => {
  expect(scheduleFaults(plan)).toEqual(scheduleFaults(plan))
  expect(scheduleFaults(plan)).not.toEqual(scheduleFaults({ ...plan, seed: 8 }))
})

it('has each kind about as often as the others, within its time', () => {
  const faults = scheduleFaults(plan)
  for (const kind of FAULT_KINDS) {
    expect(faults.filter((fault) => fault.kind === kind).length, kind).toBeGreaterThan(faults.length / 40)
  }
  expect(faults.at(-1)?.atMs).toBeLessThan(plan.durationMs)
})

it('has all kinds in a short run that names as many as there is time for', () => {
  const kinds = ['node killed', 'Redis killed', 'database killed'] as const
  const faults = scheduleFaults({ ...plan, durationMs: 20_000, kinds })
  expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(kinds))
})

it('leaves a node alone, and does nothing twice to the same at the same time', () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const faults = scheduleFaults({ ...plan, seed })
    for (const [index, fault] of faults.entries()) {
      const others = faults.slice(0, index).filter((other) => until(other) > fault.atMs)
      const alike = others.filter((other) => other.kind.split(' ')[0] === fault.kind.split(' ')[0])
      expect(alike.map(({ target }) => target)).not.toContain(fault.target)
      if (fault.kind.startsWith('node')) expect(alike.length).toBeLessThan(plan.nodes - 1)
    }
  }
})
