import { randomBytes } from 'node:crypto'
import { type SpawnedServer, spawnServer } from '@parley/testkit'
import { signSiteToken } from '@parley/testkit/sign-site-token'
import { quantile } from '../../bench/src/statistics.ts'
import { createRestClient } from '../clients/rest-client.ts'
import { createGroups } from '../scenarios/site-chats.ts'
import { type Comparison, type ComparisonLength, compareLoads, type Load } from './compare-loads.ts'
import { type Crowd, type FuzzFault, openCrowd } from './crowd.ts'
import { type HonestPeople, openHonestPeople } from './honest-people.ts'
import type { Input, Way } from './input.ts'
import { openOrdinaryLoad } from './ordinary-load.ts'
import { INSPECTED, type MemoryFigures, measureMemory } from './server-memory.ts'

export interface FuzzOptions {
  readonly seed: number
  readonly inputs: number
  /** `on`: as in production, but for those that would keep everybody out. */
  readonly rateLimits: 'on' | 'off'
  /** Measures for so long what honest people notice of it; for when there are no limits. */
  readonly compares?: ComparisonLength | null
  /** Is told of each measuring of the server's memory, when it is made. */
  readonly onMeasured?: (memory: MemoryAfter) => void
}

/** The server's memory when it had dealt with so many inputs, and what honest people noticed since the measuring before. */
export interface MemoryAfter extends MemoryFigures {
  readonly inputs: number
  /** From saying something to its acknowledgement. */
  readonly medianWaitMs: number
  readonly longestWaitMs: number
}

export interface FuzzReport {
  readonly inputs: number
  readonly byWay: Readonly<Record<Way, number>>
  readonly fault: FuzzFault | null
  /** After a warm-up, at regular inputs from then on, and at the end. */
  readonly memory: readonly MemoryAfter[]
  readonly honest: { readonly said: number; readonly faults: readonly string[] }
  readonly comparison: Comparison | null
}

const WARM_UP_SHARE = 0.3
const MOST_WARM_UP = 60_000
const MEASURE_EVERY = 20_000
const HONEST = ['ann', 'ben', 'cleo', 'dan', 'emma']
/** As many of them as there are hostile clients, in conversations of six. */
const ORDINARY_CHATS = 5
const ORDINARY = ['ola', 'oda', 'odd', 'oline', 'oskar', 'olga']
const secrets = { jwtSecret: randomBytes(36).toString('base64'), apiKey: randomBytes(24).toString('hex') }

const startAttacked = (rateLimits: 'on' | 'off'): Promise<SpawnedServer> =>
  spawnServer({
    ...INSPECTED,
    JWT_SECRET: secrets.jwtSecret,
    API_KEY: secrets.apiKey,
    RATE_LIMITS: rateLimits,
    // All come from one address.
    MAX_CONNECTIONS_PER_ADDRESS: '2000',
    ROOMS_PER_ADDRESS: '1000000',
    // As honest people chat faster than one person does, and hostile ones are to get in.
    RATE_LIMIT_HTTP_MAX: '1000000',
    RATE_LIMIT_MESSAGES_MAX: '1000000',
    RATE_LIMIT_POLL_MAX: '1000000',
    RATE_LIMIT_MAX_CONNECTIONS: '1000000',
    // A room of hostile people is soon over, and what they left in it is gone.
    ROOM_DURATIONS: '1,120',
    SHUTDOWN_TIMEOUT: '200',
  })

/** A real server, honest people on it, and hostile input of so many pieces. */
export async function runFuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { seed, inputs, rateLimits, compares = null, onMeasured } = options
  await using server = await startAttacked(rateLimits)
  await using honest = await openHonest(server.url)
  using crowd = await openCrowd(server, secrets, seed)
  const memory: MemoryAfter[] = []
  const measure = async (): Promise<void> => {
    const { waits } = await honest.figures()
    const measured = {
      inputs: crowd.count,
      ...(await measureMemory(server)),
      medianWaitMs: quantile(waits, 0.5),
      longestWaitMs: quantile(waits, 1),
    }
    memory.push(measured)
    onMeasured?.(measured)
  }
  await crowd.run(Math.min(MOST_WARM_UP, Math.round(inputs * WARM_UP_SHARE)))
  let comparison: Comparison | null = null
  const faults: string[] = []
  if (crowd.fault === null) {
    await measure()
    if (compares !== null) {
      comparison = await compare(server, honest, crowd, compares).catch((error: unknown) => {
        faults.push(`the comparison broke off: ${error}`)
        return null
      })
    }
  }
  while (crowd.fault === null && crowd.count < inputs) {
    const left = inputs - crowd.count
    await crowd.run(Math.min(left, MEASURE_EVERY))
    if (left > MEASURE_EVERY && crowd.fault === null) await measure()
  }
  const { count, byWay, fault } = crowd
  if (fault === null) await measure()
  const kept = fault === null ? await honest.finish() : { said: 0, faults: [] }
  faults.push(...kept.faults)
  return { inputs: count, byWay, fault, memory, honest: { said: kept.said, faults }, comparison }
}

async function compare(
  server: SpawnedServer,
  honest: HonestPeople,
  crowd: Crowd,
  length: ComparisonLength,
): Promise<Comparison> {
  const chats = Array.from({ length: ORDINARY_CHATS }, async (_, number) => {
    const names = ORDINARY.map((name) => `${name}-${number}`)
    const tokens = names.map((name) => signSiteToken(secrets.jwtSecret, name))
    const [chatId = ''] = await createGroups(server.url, tokens[0] ?? '', names, 1, `ordinary-${number}`)
    return tokens.map((token) => ({ token, chatId }))
  })
  using ordinary = await openOrdinaryLoad(server.url, (await Promise.all(chats)).flat())
  const { pacer } = crowd
  const hostile: Load = {
    pacer,
    async run(until) {
      await crowd.run(Number.POSITIVE_INFINITY, until)
      if (crowd.fault !== null) throw new Error(crowd.fault.what)
    },
  }
  // Awaited here: `ordinary` is closed when this returns.
  return await compareLoads(server, honest, { ordinary, hostile }, length)
}

async function openHonest(url: string): Promise<HonestPeople> {
  const rest = createRestClient(url)
  const people = HONEST.map((name) => ({ name, token: signSiteToken(secrets.jwtSecret, name) }))
  const [conversationId = ''] = await createGroups(url, people[0]?.token ?? '', HONEST, 1, 'honest')
  const { roomId, token } = await rest.createRoom({ duration: 120 })
  const second = await rest.joinRoom(roomId, 'Fay')
  return openHonestPeople({ url, conversationId, people, roomId, roomTokens: [token, second.token] })
}

/** Whether the same comes of these inputs on a new server. */
async function failsAgain(inputs: readonly Input[], seed: number, rateLimits: 'on' | 'off'): Promise<boolean> {
  await using server = await startAttacked(rateLimits)
  using crowd = await openCrowd(server, secrets, seed)
  for (const input of inputs) {
    await crowd.send(input)
    if (crowd.fault !== null) return true
  }
  await crowd.settle()
  return crowd.fault !== null
}

const MOST_TRIES = 40

/** Fewer of the inputs that still do it: none when doing them again does nothing. */
export async function shrink(
  { inputs }: FuzzFault,
  { seed, rateLimits }: Pick<FuzzOptions, 'seed' | 'rateLimits'>,
): Promise<readonly Input[]> {
  let tries = 0
  const fails = (some: readonly Input[]): Promise<boolean> => {
    tries += 1
    return failsAgain(some, seed, rateLimits)
  }
  let left = inputs
  // Mostly it is one of the last.
  for (const length of [40, 400, inputs.length]) {
    left = inputs.slice(-length)
    if (await fails(left)) break
    if (length >= inputs.length) return []
  }
  for (let size = Math.ceil(left.length / 2); size >= 1 && tries < MOST_TRIES; size = Math.floor(size / 2)) {
    for (let at = 0; at < left.length && left.length > 1 && tries < MOST_TRIES; ) {
      const fewer = left.toSpliced(at, size)
      if (fewer.length > 0 && (await fails(fewer))) left = fewer
      else at += size
    }
  }
  return left
}
