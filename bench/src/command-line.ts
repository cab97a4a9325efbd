import { parseArgs } from 'node:util'
import { runModel, runSimulate } from '../model/run-model.ts'
import { DATABASE_KINDS, type DatabaseKind } from './append/database.ts'
import { type AppendOptions, measureAppend } from './append.ts'
import { type ConnectionsOptions, measureConnections } from './connections.ts'
import { type FanoutOptions, measureFanout } from './fanout.ts'
import { describeMachine, requireOpenFiles } from './machine.ts'
import { peersNamed } from './peers/all-peers.ts'
import { reportAppend } from './report/append-report.ts'
import { reportConnections } from './report/connections-report.ts'
import { reportFanout } from './report/fanout-report.ts'
import { saveReport } from './report/save-report.ts'
import { reportStanding } from './report/standing-report.ts'
import { reportVoice } from './report/voice-report.ts'
import { measureStanding } from './standing.ts'
import { measureVoice, type VoiceOptions } from './voice.ts'

const USAGE = `Usage: npm run bench -- <bench> [options]

fanout        CPU per delivery and latency in one room     (about 8 minutes)
connections   memory per idle connection                   (about 4 minutes)
append        acknowledged messages a second, on databases (about 3 minutes)
voice         loss, jitter and CPU of rooms that talk      (about 2 minutes)
standing      CPU of node, Redis and database for what goes on all the time (about 1 minute)
model         what so many people need, by what was measured
simulate      who hears of what on many nodes              (about 1 minute)

  --quick            one short round, for a first look; saves nothing unless --out is given
  --peers a,b        only these: parley-messenger, socket-io, parley-rooms, ws, mosquitto
  --out <folder>     where to save (default bench/results)
  --profile <folder> leaves a V8 CPU profile of every Node server there

fanout:
  --people 50,500,2000   sizes of the room
  --deliveries 40000     deliveries a second
  --seconds 4            length of a round
  --rounds 5             rounds, the peers taking turns

connections:
  --n 10000              connections
  --rounds 3             new servers each time

append:
  --databases a,b        only these: sqlite, postgres, mariadb
  --n 10000              messages in a round
  --rounds 5             rounds, the server and the bare driver taking turns

voice:
  --people 10,30         sizes of the room
  --seconds 10           length of a round
  --rounds 3             rounds

model:
  --people 100000,10000000   sizes; prints, and writes docs/operations/scale.md when none are given`

const RESULTS = new URL('../results/', import.meta.url).pathname

const positive = (text: string | undefined, fallback: number): number => {
  if (text === undefined) return fallback
  const value = Number(text)
  if (!(value > 0)) throw new Error(`${text} is not a positive number`)
  return value
}

const listOf = (text: string | undefined): string[] => (text === undefined ? [] : text.split(','))

function databasesNamed(names: readonly string[]): readonly DatabaseKind[] {
  const unknown = names.find((name) => !DATABASE_KINDS.some((kind) => kind === name))
  if (unknown !== undefined) throw new Error(`no such database: ${unknown}`)
  return names.length === 0 ? DATABASE_KINDS : DATABASE_KINDS.filter((kind) => names.includes(kind))
}

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
      deliveries: { type: 'string' },
      seconds: { type: 'string' },
      rounds: { type: 'string' },
      n: { type: 'string' },
      databases: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const [bench] = positionals
  if (values.help || bench === undefined) {
    console.log(USAGE)
    return
  }
  const peers = peersNamed(listOf(values.peers), console.log)
  const out = values.out ?? (values.quick ? null : RESULTS)
  const profileDir = values.profile ?? null
  const machine = describeMachine()
  if (bench === 'model') await runModel(listOf(values.people).map((people) => positive(people, 0)))
  else if (bench === 'simulate') await runSimulate(console.log)
  else if (bench === 'standing') {
    const options = { hundreds: positive(values.n, values.quick ? 200 : 1000) / 100 }
    const report = reportStanding(machine, options, await measureStanding(options, console.log))
    console.log(`\n${report.text}`)
    if (out !== null) await saveReport(out, 'standing', report)
  } else if (bench === 'fanout') {
    const people = listOf(values.people ?? '50,500,2000').map((size) => positive(size, 0))
    requireOpenFiles(Math.max(...people) + 100)
    const options: FanoutOptions = {
      people,
      deliveriesPerSecond: positive(values.deliveries, 40_000),
      seconds: positive(values.seconds, values.quick ? 2 : 4),
      warmUpSeconds: values.quick ? 2 : 4,
      rounds: positive(values.rounds, values.quick ? 1 : 5),
      peers,
      profileDir,
    }
    const report = reportFanout(machine, options, await measureFanout(options, console.log))
    console.log(`\n${report.text}`)
    if (out !== null) await saveReport(out, 'fanout', report)
  } else if (bench === 'connections') {
    const connections = positive(values.n, values.quick ? 1000 : 10_000)
    requireOpenFiles(connections + 100)
    const options: ConnectionsOptions = {
      connections,
      rounds: positive(values.rounds, values.quick ? 1 : 3),
      settleMs: 1500,
      peers,
      profileDir,
    }
    const report = reportConnections(machine, options, await measureConnections(options, console.log))
    console.log(`\n${report.text}`)
    if (out !== null) await saveReport(out, 'connections', report)
  } else if (bench === 'append') {
    const options: AppendOptions = {
      databases: databasesNamed(listOf(values.databases)),
      senders: 64,
      conversations: [1, 1000],
      messages: positive(values.n, values.quick ? 2000 : 10_000),
      rounds: positive(values.rounds, values.quick ? 1 : 5),
    }
    const report = reportAppend(machine, options, await measureAppend(options, console.log))
    console.log(`\n${report.text}`)
    if (out !== null) await saveReport(out, 'append', report)
  } else if (bench === 'voice') {
    const options: VoiceOptions = {
      people: listOf(values.people ?? '10,30').map((size) => positive(size, 0)),
      seconds: positive(values.seconds, values.quick ? 3 : 10),
      idleSeconds: values.quick ? 5 : 10,
      warmUpSeconds: values.quick ? 1 : 4,
      rounds: positive(values.rounds, values.quick ? 1 : 3),
      profileDir,
    }
    const report = reportVoice(machine, options, await measureVoice(options, console.log))
    console.log(`\n${report.text}`)
    if (out !== null) await saveReport(out, 'voice', report)
  } else throw new Error(`no such bench: ${bench}\n\n${USAGE}`)
}
