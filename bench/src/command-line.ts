import { parseArgs } from 'node:util'
import { runModel, runSimulate } from '../model/run-model.ts'
import { BENCHES, sizesOf } from './bench-runs.ts'
import { saveReport } from './report/save-report.ts'

const USAGE = `Usage: npm run bench -- <bench> [options]

fanout        CPU per delivery and latency in one room     (about 8 minutes)
connections   memory per idle connection                   (about 4 minutes)
append        acknowledged messages a second, on databases (about 3 minutes)
voice         loss, jitter and CPU of rooms that talk      (about 2 minutes)
standing      CPU of node, Redis and database for what goes on all the time (about 1 minute)
model         what so many people need, by what was measured
simulate      who hears of what on many nodes              (about 1 minute)
storm         all lines cut at once: who is back when      (about 5 minutes)
jitter        lines that break all the time: what arrives  (about 10 minutes)
deploy        a cluster restarted node by node under load  (about 8 minutes)
cluster       CPU per delivery on two processes beside one (about 5 minutes)
capacity      connections until a server takes no more    (about 5 minutes)

  --quick            one short round, for a first look; saves nothing unless --out is given
  --peers a,b        only these: parley-messenger, socket-io, parley-rooms, and for fanout and connections ws, mosquitto
  --out <folder>     where to save (default bench/results)
  --profile <folder> leaves a V8 CPU profile of every Node server there

fanout, cluster:
  --people 50,500,2000   sizes of the room (cluster: 50,500)
  --deliveries 40000     deliveries a second (cluster: 20000)
  --seconds 4            length of a round
  --rounds 5             rounds, the peers taking turns

connections:
  --n 10000              connections
  --rounds 3             new servers each time

capacity:
  --n 40000              connections at most

append:
  --databases a,b        only these: sqlite, postgres, mariadb
  --n 10000              messages in a round
  --rounds 5             rounds, the server and the bare driver taking turns

voice:
  --people 10,30         sizes of the room
  --seconds 10           length of a round
  --rounds 3             rounds

storm, jitter, deploy:
  --crowds 10000/200,1000/1   people, and in how many rooms
  --rounds 3                  rounds, the peers taking turns
  --seconds 30                length of a round (jitter)
  --nodes 3                   servers of a cluster (deploy)

model:
  --people 100000,10000000   sizes; prints, and writes docs/operations/scale.md when none are given`

const RESULTS = new URL('../results/', import.meta.url).pathname

/** Runs the bench that the command line asks for, prints its table and saves its results. */
export async function runBench(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      peers: { type: 'string' },
      out: { type: 'string' },
      profile: { type: 'string' },
      people: { type: 'string' },
      crowds: { type: 'string' },
      deliveries: { type: 'string' },
      seconds: { type: 'string' },
      rounds: { type: 'string' },
      nodes: { type: 'string' },
      n: { type: 'string' },
      databases: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const [name] = positionals
  if (values.help || name === undefined) {
    console.log(USAGE)
    return
  }
  // These two measure nothing.
  if (name === 'model') return runModel(sizesOf(values.people))
  if (name === 'simulate') return runSimulate(console.log)
  const bench = BENCHES[name]
  if (bench === undefined) throw new Error(`no such bench: ${name}\n\n${USAGE}`)
  const report = await bench(values)
  console.log(`\n${report.text}`)
  const out = values.out ?? (values.quick ? null : RESULTS)
  if (out !== null) await saveReport(out, name, report)
}
