import type { FuzzFault } from './crowd.ts'
import { type FuzzOptions, shrink } from './run-fuzz.ts'

const LAST = 30
const LONGEST_LINE = 4000

/** What went wrong, and the fewest inputs found that do it again. */
export async function describeFault(
  fault: FuzzFault,
  options: Pick<FuzzOptions, 'seed' | 'rateLimits'>,
): Promise<string> {
  const smallest = await shrink(fault, options)
  const inputs = smallest.length === 0 ? fault.inputs.slice(-LAST) : smallest
  const heading =
    smallest.length === 0 ? `the last ${LAST} inputs, which alone did not do it again` : 'smallest input found'
  const lines = inputs.map((input) => JSON.stringify(input).slice(0, LONGEST_LINE))
  return [`SEED=${options.seed}: ${fault.what}`, `${heading}:`, ...lines].join('\n')
}
