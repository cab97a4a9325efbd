import { randomBytes } from 'node:crypto'
import { vi } from 'vitest'
import { redisAddressOf } from '../config/redis-address.ts'
import { openRedis } from '../redis/open-redis.ts'
import { PATIENT } from '../redis/patient-fixture.ts'
import { createRedisChannels } from '../redis/redis-channels.ts'
import { createRedisBus } from './redis-bus.ts'

interface RedisNodeOptions {
  readonly hasShardedChannels?: boolean
  /** As long as it takes, unless it is to be noticed that Redis is frozen. */
  readonly answerTimeoutMs?: number
  /** Whether it can send; it hears all the same. */
  readonly isUp?: () => boolean
}

/** What a node has of the bus, with a link of its own. */
export async function openRedisNode(redisUrl: string, options: RedisNodeOptions = {}) {
  const { answerTimeoutMs = PATIENT.answerTimeoutMs, ...overrides } = options
  await using opening = new AsyncDisposableStack()
  const address = redisAddressOf({ redisUrl, redisHost: null, redisPort: 0, redisPassword: null })
  if (address === null) throw new Error(`${redisUrl} is no address`)
  const link = opening.use(await openRedis(address, { answerTimeoutMs, report: () => undefined }))
  const failures: unknown[] = []
  const report = (error: unknown) => void failures.push(error)
  const channels = opening.use(createRedisChannels({ ...link, ...overrides }, report))
  const refused = vi.fn()
  const bus = createRedisBus(channels, { nodeId: randomBytes(8).toString('hex'), report, refused })
  const listening = new Set<string>()
  bus.onListening((id) => listening.add(id))
  const opened = opening.move()
  return { link, channels, bus, failures, refused, listening, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

export type RedisNode = Awaited<ReturnType<typeof openRedisNode>>

const WAITING = { timeout: 30_000, interval: 10 }

/** Resolves when `to` listens wherever it wants to, and has heard what `from` has published there. */
export async function settle(from: RedisNode, to: RedisNode, channelOf: (id: string) => string): Promise<void> {
  const ids = [...to.bus.conversations()]
  await vi.waitFor(() => {
    if (!ids.every((id) => to.listening.has(id))) throw new Error('it does not listen yet')
  }, WAITING)
  const before = to.bus.stats().refused
  // Nobody is told what can't be read, but it is counted, after all that came before it.
  for (const id of ids) from.channels.publish(channelOf(id), 'the end')
  await vi.waitFor(() => {
    if (to.bus.stats().refused < before + ids.length) throw new Error('it has not heard everything yet')
  }, WAITING)
}
