/** `npm run chaos -- --minutes 30 --seed 7`: people talk in a cluster to which things are done, and nothing they were told may be wrong. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { parseArgs } from 'node:util'
import { TEST_CERTIFICATE } from '@parley/testkit/services'
import { describeReport } from '../test/chaos/describe-report.ts'
import { WAYS } from '../test/chaos/populate.ts'
import { runChaos } from '../test/chaos/run-chaos.ts'
import { FAULT_KINDS } from '../test/chaos/schedule-faults.ts'

const HELP = `Lets people chat in a cluster while its parts are killed, frozen and cut off, and checks what each of them saw.

  npm run chaos -- [--minutes 30] [--seed <number>] [--clients 200] [--conversations 20] [--rooms 10] [--nodes 3]

  --minutes        how long things are done to it; tokens of guests last an hour, so at most 50
  --seed           what is done, and when; printed when it was chosen by chance
  --rooms          how many of the conversations are rooms; half of them when it is not said
  --gap            milliseconds between two things that one client does, on average: 4000
  --logs           a folder for what each node wrote
  --ways           only clients by these, with commas: ${WAYS.join(', ')}
  --faults         only these kinds, with commas: ${FAULT_KINDS.join(', ')}; "none" for none

Exit code 0: nobody was told anything wrong. 1: somebody was. 2: this was asked in the wrong way.
`
const MOST_MINUTES = 50

function readArguments() {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '30' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
      clients: { type: 'string', default: '200' },
      conversations: { type: 'string', default: '20' },
      rooms: { type: 'string' },
      nodes: { type: 'string', default: '3' },
      gap: { type: 'string', default: '4000' },
      faults: { type: 'string' },
      ways: { type: 'string' },
      logs: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(HELP)
    process.exit(0)
  }
  const number = (
    name: 'minutes' | 'seed' | 'clients' | 'conversations' | 'rooms' | 'nodes' | 'gap',
    least: number,
  ): number => {
    const value = Number(values[name])
    if (!(value >= least)) throw new Error(`--${name} is a number, at least ${least}.`)
    return value
  }
  values.rooms ??= String(Math.ceil(Number(values.conversations) / 2))
  const minutes = number('minutes', 0)
  if (minutes > MOST_MINUTES) throw new Error(`--minutes is at most ${MOST_MINUTES}.`)
  return {
    seed: number('seed', 0),
    nodes: number('nodes', 1),
    clients: number('clients', 2),
    conversations: number('conversations', 1),
    rooms: number('rooms', 0),
    durationMs: minutes * 60_000,
    gapMs: number('gap', 1),
    ...(values.logs !== undefined && { keep: keepIn(values.logs) }),
    ...(values.ways !== undefined && { ways: values.ways.split(',').map((way) => oneOf('ways', WAYS, way)) }),
    ...(values.faults !== undefined && {
      kinds: values.faults === 'none' ? [] : values.faults.split(',').map((kind) => oneOf('faults', FAULT_KINDS, kind)),
    }),
  }
}

function keepIn(folder: string) {
  mkdirSync(folder, { recursive: true })
  return (node: string, output: string): void => writeFileSync(join(folder, `${node}.log`), output)
}

function oneOf<T extends string>(name: string, all: readonly T[], text: string): T {
  const known = all.find((one) => one === text.trim())
  if (known === undefined) throw new Error(`--${name} knows ${all.join(', ')}, and not ${text}.`)
  return known
}

function readOptions(): ReturnType<typeof readArguments> {
  try {
    return readArguments()
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`)
    process.exit(2)
  }
}

const options = readOptions()
setDefaultCACertificates([...getCACertificates('default'), readFileSync(TEST_CERTIFICATE, 'utf8')])
console.log(`SEED=${options.seed}`)
const report = await runChaos({ ...options, say: console.log })
const { faults, acknowledged, told, recoveries, joins, rejoins } = report
console.log(
  `${faults} faults, ${acknowledged} acknowledged, ${told} told live, ${recoveries} recoveries, ${joins} times into voice, ${rejoins} of its media anew`,
)
const wrong = describeReport(report)
console.log(wrong === '' ? 'Nobody was told anything wrong.' : `SEED=${options.seed}\n${wrong}`)
process.exit(wrong === '' ? 0 : 1)
