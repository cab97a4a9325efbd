import { expect, test } from 'vitest'
import { chooseSeed } from '../scenarios/random.ts'
import { describeFault } from './describe-fault.ts'
import { runFuzz } from './run-fuzz.ts'

const INPUTS = 3000
const TIMEOUT_MS = 240_000

// `npm run fuzz` goes on for longer.
test.each([
  [chooseSeed(), INPUTS, 'off', { rounds: 1, settleMs: 0, windowMs: 500 }],
  [chooseSeed(), INPUTS / 10, 'on', null],
] as const)(
  'SEED=%i: %i hostile inputs with rate limits %s break nothing',
  { timeout: TIMEOUT_MS },
  async (seed, inputs, rateLimits, compares) => {
    const { fault, honest, memory, byWay, comparison } = await runFuzz({ seed, inputs, rateLimits, compares })
    if (fault !== null) expect.fail(await describeFault(fault, { seed, rateLimits }))
    expect(honest.faults).toEqual([])
    expect(honest.said).toBeGreaterThan(20)
    // Too short for its figures to say anything: that both loads go on to the end of it.
    expect(comparison === null).toBe(compares === null)
    for (const count of Object.values(byWay)) expect(count).toBeGreaterThan(0)
    // Rooms of a minute are still there, with all that was said in them; what is kept for good grows faster than this.
    const [before, after] = [memory[0]?.heapMb ?? 0, memory.at(-1)?.heapMb ?? Number.POSITIVE_INFINITY]
    expect(after - before).toBeLessThan(40)
  },
)
