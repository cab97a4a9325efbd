import { DATABASE_KINDS, type DatabaseKind } from './append/database.ts'
import { type AppendOptions, measureAppend } from './append.ts'
import { type CapacityOptions, measureCapacity } from './capacity.ts'
import { type ConnectionsOptions, measureConnections } from './connections.ts'
import { type DeployOptions, measureDeploy } from './deploy.ts'
import { type FanoutOptions, measureFanout } from './fanout.ts'
import { type JitterOptions, measureJitter } from './jitter.ts'
import { describeMachine, requireOpenFiles } from './machine.ts'
import { peersNamed } from './peers/all-peers.ts'
import { CAPACITY_PEERS } from './peers/capacity-peers.ts'
import { CLUSTER_PEERS } from './peers/cluster-peers.ts'
import { DEPLOY_PEERS } from './peers/deploy-peers.ts'
import { returningPeersNamed } from './peers/returning-peers.ts'
import { reportAppend } from './report/append-report.ts'
import { reportCapacity } from './report/capacity-report.ts'
import { reportCluster } from './report/cluster-report.ts'
import { reportConnections } from './report/connections-report.ts'
import { reportDeploy } from './report/deploy-report.ts'
import { reportFanout } from './report/fanout-report.ts'
import { reportJitter } from './report/jitter-report.ts'
import type { Report } from './report/save-report.ts'
import { reportStanding } from './report/standing-report.ts'
import { reportStorm } from './report/storm-report.ts'
import { reportVoice } from './report/voice-report.ts'
import type { Crowd } from './returns.ts'
import { measureStanding } from './standing.ts'
import { measureStorm, type StormOptions } from './storm.ts'
import { measureVoice, type VoiceOptions } from './voice.ts'

/** What the command line says, beside the bench's name. */
export interface BenchArguments {
  readonly quick: boolean
  readonly profile?: string | undefined
  readonly peers?: string | undefined
  readonly people?: string | undefined
  readonly crowds?: string | undefined
  readonly deliveries?: string | undefined
  readonly seconds?: string | undefined
  readonly rounds?: string | undefined
  readonly nodes?: string | undefined
  readonly n?: string | undefined
  readonly databases?: string | undefined
}

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

/** Sizes, separated by commas; none when nothing is said. */
export const sizesOf = (text: string | undefined): number[] => listOf(text).map((size) => positive(size, 0))

/** `10000/200`: 10,000 people in 200 rooms. */
const crowdOf = (text: string): Crowd => {
  const [people, rooms] = text.split('/')
  const crowd = { people: positive(people, 0), rooms: positive(rooms, 1) }
  requireOpenFiles(crowd.people + crowd.rooms + 100)
  return crowd
}

async function fanout(args: BenchArguments): Promise<Report> {
  const people = sizesOf(args.people ?? '50,500,2000')
  requireOpenFiles(Math.max(...people) + 100)
  const options: FanoutOptions = {
    people,
    deliveriesPerSecond: positive(args.deliveries, 40_000),
    seconds: positive(args.seconds, args.quick ? 2 : 4),
    warmUpSeconds: args.quick ? 2 : 4,
    rounds: positive(args.rounds, args.quick ? 1 : 5),
    peers: peersNamed(listOf(args.peers), console.log),
    profileDir: args.profile ?? null,
  }
  return reportFanout(describeMachine(), options, await measureFanout(options, console.log))
}

async function connections(args: BenchArguments): Promise<Report> {
  const count = positive(args.n, args.quick ? 1000 : 10_000)
  requireOpenFiles(count + 100)
  const options: ConnectionsOptions = {
    connections: count,
    rounds: positive(args.rounds, args.quick ? 1 : 3),
    settleMs: 1500,
    peers: peersNamed(listOf(args.peers), console.log),
    profileDir: args.profile ?? null,
  }
  return reportConnections(describeMachine(), options, await measureConnections(options, console.log))
}

async function append(args: BenchArguments): Promise<Report> {
  const options: AppendOptions = {
    databases: databasesNamed(listOf(args.databases)),
    senders: 64,
    conversations: [1, 1000],
    messages: positive(args.n, args.quick ? 2000 : 10_000),
    rounds: positive(args.rounds, args.quick ? 1 : 5),
  }
  return reportAppend(describeMachine(), options, await measureAppend(options, console.log))
}

async function voice(args: BenchArguments): Promise<Report> {
  const options: VoiceOptions = {
    people: sizesOf(args.people ?? '10,30'),
    seconds: positive(args.seconds, args.quick ? 3 : 10),
    idleSeconds: args.quick ? 5 : 10,
    warmUpSeconds: args.quick ? 1 : 4,
    rounds: positive(args.rounds, args.quick ? 1 : 3),
    profileDir: args.profile ?? null,
  }
  return reportVoice(describeMachine(), options, await measureVoice(options, console.log))
}

async function standing(args: BenchArguments): Promise<Report> {
  const options = { hundreds: positive(args.n, args.quick ? 200 : 1000) / 100 }
  return reportStanding(describeMachine(), options, await measureStanding(options, console.log))
}

async function storm(args: BenchArguments): Promise<Report> {
  const options: StormOptions = {
    crowds: listOf(args.crowds ?? (args.quick ? '500/10' : '10000/200,1000/1')).map(crowdOf),
    perSecond: 2,
    calmSeconds: 2,
    rounds: positive(args.rounds, args.quick ? 1 : 3),
    peers: returningPeersNamed(listOf(args.peers)),
    profileDir: args.profile ?? null,
  }
  return reportStorm(describeMachine(), options, await measureStorm(options, console.log))
}

async function jitter(args: BenchArguments): Promise<Report> {
  const options: JitterOptions = {
    crowds: listOf(args.crowds ?? (args.quick ? '200/4' : '5000/100,1000/1')).map(crowdOf),
    perSecond: 2,
    everyMs: 15_000,
    awayMs: 2000,
    seconds: positive(args.seconds, args.quick ? 15 : 30),
    rounds: positive(args.rounds, args.quick ? 1 : 3),
    peers: returningPeersNamed(listOf(args.peers)),
    profileDir: args.profile ?? null,
  }
  return reportJitter(describeMachine(), options, await measureJitter(options, console.log))
}

async function deploy(args: BenchArguments): Promise<Report> {
  const names = listOf(args.peers)
  const options: DeployOptions = {
    crowds: listOf(args.crowds ?? (args.quick ? '100/2' : '1000/20')).map(crowdOf),
    nodes: positive(args.nodes, 3),
    perSecond: 2,
    calmSeconds: 2,
    rounds: positive(args.rounds, args.quick ? 1 : 3),
    peers: DEPLOY_PEERS.filter(({ kind }) => names.length === 0 || names.includes(kind)),
  }
  return reportDeploy(describeMachine(), options, await measureDeploy(options, console.log))
}

async function cluster(args: BenchArguments): Promise<Report> {
  const names = listOf(args.peers)
  const options: FanoutOptions = {
    people: sizesOf(args.people ?? '50,500'),
    deliveriesPerSecond: positive(args.deliveries, 20_000),
    seconds: positive(args.seconds, args.quick ? 2 : 4),
    warmUpSeconds: args.quick ? 2 : 4,
    rounds: positive(args.rounds, args.quick ? 1 : 5),
    peers: CLUSTER_PEERS.filter(
      ({ name, missing }) => (names.length === 0 || names.includes(name)) && missing() === null,
    ),
    profileDir: args.profile ?? null,
  }
  return reportCluster(describeMachine(), options, await measureFanout(options, console.log))
}

async function capacity(args: BenchArguments): Promise<Report> {
  const names = listOf(args.peers)
  const most = positive(args.n, args.quick ? 2000 : 40_000)
  const options: CapacityOptions = {
    step: Math.min(5000, most / 2),
    most,
    peers: CAPACITY_PEERS.filter(({ name }) => names.length === 0 || names.includes(name)),
  }
  return reportCapacity(describeMachine(), options, await measureCapacity(options, console.log))
}

/** Every bench by its name. */
export const BENCHES: Readonly<Record<string, (args: BenchArguments) => Promise<Report>>> = {
  fanout,
  connections,
  append,
  voice,
  standing,
  storm,
  jitter,
  deploy,
  cluster,
  capacity,
}
