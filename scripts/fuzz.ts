/** `npm run fuzz`: hostile input on a real server, for as long as it takes. */
import { parseArgs } from 'node:util'
import type { Spread } from '../bench/src/statistics.ts'
import { type Fare, TARGET_CPU } from '../test/fuzz/compare-loads.ts'
import { describeFault } from '../test/fuzz/describe-fault.ts'
import { type FuzzReport, type MemoryAfter, runFuzz } from '../test/fuzz/run-fuzz.ts'

const HELP = `Sends a server of its own hostile input on every wire, by REST and by the poll.

  npm run fuzz -- [--inputs 1000000] [--seed N] [--limits off|on|both] [--compare]

  --inputs    how many in all
  --seed      of an earlier run, to do it again
  --limits    rate limits as in production, none (so that everything gets in), or the tenth part with them
  --compare   also measures, without rate limits, what honest people notice of it beside as much ordinary use;
              takes three minutes, on a machine that has nothing else to do

Exit code 1: something broke. The seed and the smallest input found are printed.
`
/**
 * How far memory may grow: by a share of what is in use after the warm-up, and by as much as a heap differs from one
 * minute to the next.
 */
const GROWTH = { share: 0.15, mb: 24 }
const COMPARISON = { rounds: 6, settleMs: 3000, windowMs: 6000 }
const SLOWER = 1.1
/** A server that was busier than it should be by more than this share of a core, or less busy, says nothing. */
const EQUALLY_BUSY = 0.05

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    limits: { type: 'string', default: 'both' },
    compare: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  process.stdout.write(HELP)
  process.exit(0)
}
const inputs = Number(values.inputs)
const seed = Number(values.seed)
const hasSense = ['off', 'both'].includes(values.limits) || (values.limits === 'on' && !values.compare)
if (!(inputs > 0) || !Number.isInteger(seed) || !hasSense) {
  process.stderr.write(HELP)
  process.exit(2)
}

const complaints: string[] = []
const fareText = ({ medianMs, p95Ms, deliveries, pace, serverCpu, clientCpu }: Fare): string =>
  `median ${medianMs.toFixed(2)} ms, p95 ${p95Ms.toFixed(2)} ms, ${deliveries} deliveries; ${pace.toFixed(0)} a second beside them, server ${serverCpu.toFixed(2)} of a core, clients ${clientCpu.toFixed(2)}`
const spreadText = ({ median, min, max }: Spread): string =>
  `${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`

const seconds = (since: number): string => ((performance.now() - since) / 1000).toFixed(0)

function report({ inputs: done, byWay, memory, honest, comparison }: FuzzReport, startedAt: number): void {
  console.log(`${done} inputs in ${seconds(startedAt)} s: ${JSON.stringify(byWay)}`)
  console.log(`honest people said ${honest.said} things; ${honest.faults.length} faults`)
  complaints.push(...honest.faults)
  const [before, after] = [memory[0]?.heapMb ?? 0, memory.at(-1)?.heapMb ?? Number.POSITIVE_INFINITY]
  if (after > before * (1 + GROWTH.share) + GROWTH.mb) complaints.push('the heap grew')
  if (comparison === null) return
  const { slower, ...fares } = comparison
  for (const [name, fare] of Object.entries(fares)) console.log(`honest people, ${name}: ${fareText(fare)}`)
  const { median, p95 } = slower
  console.log(`hostile input beside as much ordinary use: median × ${spreadText(median)}, p95 × ${spreadText(p95)}`)
  const isBusy = ({ serverCpu }: Fare): boolean => Math.abs(serverCpu - TARGET_CPU) <= EQUALLY_BUSY
  if (!isBusy(fares.ordinary) || !isBusy(fares.hostile)) {
    complaints.push(`nothing was compared: the server was not kept at ${TARGET_CPU} of a core, as on a busy machine`)
  } else if (median.median > SLOWER) complaints.push('honest people were slower by more than a tenth')
}

async function run(count: number, rateLimits: 'on' | 'off'): Promise<void> {
  console.log(`seed ${seed}, ${count} inputs, rate limits ${rateLimits}`)
  const startedAt = performance.now()
  const onMeasured = ({ inputs: after, heapMb, residentMb, medianWaitMs, longestWaitMs }: MemoryAfter): void =>
    console.log(
      `${after} inputs, ${seconds(startedAt)} s: heap ${heapMb.toFixed(1)} MB, resident ${residentMb.toFixed(0)} MB; honest people waited ${medianWaitMs.toFixed(1)} ms, at most ${longestWaitMs.toFixed(0)}`,
    )
  const done = await runFuzz({
    seed,
    inputs: count,
    rateLimits,
    compares: values.compare && rateLimits === 'off' ? COMPARISON : null,
    onMeasured,
  })
  if (done.fault === null) report(done, startedAt)
  else complaints.push(await describeFault(done.fault, { seed, rateLimits }))
}

const withLimits = values.limits === 'on' ? inputs : values.limits === 'both' ? Math.ceil(inputs / 10) : 0
if (inputs > withLimits) await run(inputs - withLimits, 'off')
if (withLimits > 0) await run(withLimits, 'on')
for (const complaint of complaints) console.error(complaint)
process.exit(complaints.length === 0 ? 0 : 1)
