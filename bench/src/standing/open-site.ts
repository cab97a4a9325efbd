import { randomBytes, randomUUID } from 'node:crypto'
import { type Core, createCore, DEFAULT_LIMITS, type SessionCaller } from '@parley/core'
import { createPasswordHasher } from '@parley/server/auth/password-hasher'
import { createRedisBus, type RedisBus } from '@parley/server/bus/redis'
import { createIdSource } from '@parley/server/ids/id-source'
import { createSystemClock } from '@parley/server/ids/system-clock'
import { createUnlimitedRateLimiter } from '@parley/server/limits/memory-rate-limiter'
import { createNoMedia } from '@parley/server/media/no-media'
import { createRedisChannels } from '@parley/server/redis/channels'
import { openRedis, type RedisLink } from '@parley/server/redis/link'
import { openStores, type Stores } from '@parley/server/storage'
import { type DatabaseServer, startPostgres, startRedis } from '@parley/testkit/services'
import { childRunning } from '../peers/process-figures.ts'

/** A node without wires: the core on Redis and PostgreSQL of its own, with people, chats and rooms in them. */
export interface Site extends AsyncDisposable {
  readonly core: Core
  readonly stores: Stores
  readonly bus: RedisBus
  readonly link: RedisLink
  readonly postgresPid: number
  readonly people: readonly SessionCaller[]
  readonly chats: readonly string[]
  readonly rooms: readonly string[]
  /** Another node's end of the bus. */
  openNode(): Promise<RedisBus & AsyncDisposable>
}

export interface SiteSize {
  readonly people: number
  readonly chats: number
  readonly membersPerChat: number
  readonly rooms: number
}

export const ROOM = {
  name: 'Bench',
  maxParticipants: 50,
  minutes: 120,
  password: null,
  hasLobby: false,
  encrypted: false,
} as const

/** However busy the machine is: CPU time is measured, and not how long it took. */
const PATIENCE_MS = 120_000
const PATIENT = {
  connectTimeoutMs: PATIENCE_MS,
  statementTimeoutMs: PATIENCE_MS,
  lockTimeoutMs: PATIENCE_MS,
  idleTransactionTimeoutMs: PATIENCE_MS,
  callTimeoutMs: PATIENCE_MS,
}
const CROWD = 50

const report = (error: unknown): void => {
  throw error
}

const callerOf = (n: number): SessionCaller => ({
  userId: `user-${n}`,
  name: `user-${n}`,
  room: null,
  sessionId: randomUUID(),
})

export async function openSite({ people, chats, membersPerChat, rooms }: SiteSize): Promise<Site> {
  await using opening = new AsyncDisposableStack()
  const redis = opening.use(await startRedis({ isDurable: false }))
  const postgres: DatabaseServer = opening.use(await startPostgres())
  const postgresPid = await childRunning('postgres', process.pid)
  if (postgresPid === null) throw new Error('PostgreSQL is not found among the processes of this one')
  const address = { kind: 'server', url: redis.url } as const
  const link = opening.use(
    await openRedis(address, { report, answerTimeoutMs: PATIENCE_MS, startTimeoutMs: PATIENCE_MS }),
  )
  const stores = opening.use(
    await openStores({
      databaseUrl: await postgres.freshDatabase(),
      dataDir: '.',
      database: PATIENT,
      redis: link,
      report,
    }),
  )
  const busOn = async (own: RedisLink, disposables: AsyncDisposableStack) =>
    createRedisBus(disposables.use(createRedisChannels(own, report)), {
      nodeId: randomBytes(8).toString('hex'),
      report,
      refused: () => undefined,
    })
  const bus = await busOn(link, opening)
  const core = createCore(
    {
      ...stores,
      media: createNoMedia(),
      bus,
      limiter: createUnlimitedRateLimiter(DEFAULT_LIMITS),
      clock: createSystemClock(),
      ids: createIdSource(),
      passwords: createPasswordHasher(),
      report,
    },
    { runsTimers: false },
  )
  opening.defer(() => core.close())
  const callers = Array.from({ length: people }, (_, n) => callerOf(n))
  const makeChat = async (n: number): Promise<string> => {
    const members = Array.from({ length: membersPerChat }, (_, m) => {
      const { userId } = callers[(n * membersPerChat + m) % people] ?? callerOf(0)
      return { userId, name: null, role: null }
    })
    const input = { id: null, kind: 'group', name: 'Bench', members, retentionDays: null } as const
    return (await core.createConversation(null, input)).details.conversation.id
  }
  const makeRoom = async (n: number): Promise<string> => {
    const { userId, name } = callers[n % people] ?? callerOf(0)
    const room = { ...ROOM, hostName: name, host: userId, address: `10.0.${n >> 8}.${n & 255}` }
    return (await core.createRoom(room)).snapshot.conversation.id
  }
  const chatIds = await inCrowds(chats, makeChat)
  const roomIds = await inCrowds(rooms, makeRoom)
  const opened = opening.move()
  return {
    core,
    stores,
    bus,
    link,
    postgresPid,
    people: callers,
    chats: chatIds,
    rooms: roomIds,
    async openNode() {
      const own = new AsyncDisposableStack()
      const other = await busOn(
        own.use(await openRedis(address, { report, answerTimeoutMs: PATIENCE_MS, startTimeoutMs: PATIENCE_MS })),
        own,
      )
      return { ...other, [Symbol.asyncDispose]: () => own.disposeAsync() }
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

/** Does it so often, as many at a time as a busy node does. */
export async function inCrowds<T>(count: number, run: (n: number) => Promise<T>): Promise<T[]> {
  const done: T[] = []
  for (let from = 0; from < count; from += CROWD) {
    const length = Math.min(CROWD, count - from)
    done.push(...(await Promise.all(Array.from({ length }, (_, n) => run(from + n)))))
  }
  return done
}
