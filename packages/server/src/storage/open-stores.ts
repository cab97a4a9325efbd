import { type ConversationId, type CorePorts, isRoomId, isUnavailable, type Position } from '@parley/core'
import type { RevocationStore } from '../auth/revocation-store.ts'
import type { RedisLink } from '../redis/open-redis.ts'
import { storesByLifetime } from './by-lifetime.ts'
import { openMemoryStores } from './memory/index.ts'
import { createRedisStores } from './redis/create-redis-stores.ts'
import { readRedisPositions } from './redis/redis-positions.ts'
import { createConversationReader } from './sql/conversation-reader.ts'
import { databaseIdOf } from './sql/database-id.ts'
import { createGroupCommit } from './sql/group-commit.ts'
import { type DatabaseOptions, openDatabase, type SqlDatabase } from './sql/open-database.ts'
import { createSqlCallStore } from './sql/sql-call-store.ts'
import { createSqlConversationStore } from './sql/sql-conversation-store.ts'
import { createSqlDeadlineStore } from './sql/sql-deadline-store.ts'
import { createSqlInboxStore } from './sql/sql-inbox-store.ts'
import { createSqlMessageStore } from './sql/sql-message-store.ts'
import { createSqlNotificationStore } from './sql/sql-notification-store.ts'
import { readSqlPositions } from './sql/sql-positions.ts'
import { createSqlReceiptStore } from './sql/sql-receipt-store.ts'
import { createSqlRelay, type SqlRelay } from './sql/sql-relay.ts'
import { createSqlRevocationStore } from './sql/sql-revocation-store.ts'
import { createSqlTail, type SqlTail } from './sql/sql-tail.ts'
import { createSqlUserStore } from './sql/sql-user-store.ts'

export interface StoreOptions {
  /** What `DATABASE_URL` says; `null` for the file in the data folder. */
  readonly databaseUrl: string | null
  readonly dataDir: string
  readonly database?: Partial<DatabaseOptions>
  /** Where rooms are, and who is here now; absent or `null`: in the memory of this process. */
  readonly redis?: RedisLink | null
  /** Told of failures in work that nobody waits for. */
  readonly report: (error: unknown) => void
}

type StorePorts = Omit<CorePorts, 'bus' | 'media' | 'limiter' | 'clock' | 'ids' | 'passwords' | 'report'>

/** Where some conversations stand; `null` for one that is gone. Those that can't be looked at now are left out. */
export type Positions = ReadonlyMap<ConversationId, Position | null>

/** Everything that the core keeps: rooms in memory or Redis, what lasts in the database. */
export interface Stores extends StorePorts, AsyncDisposable {
  readonly revocations: RevocationStore
  /** What conversations that last are kept in. */
  readonly databaseName: 'SQLite' | 'PostgreSQL' | 'MariaDB'
  /** Open rooms and their members, without the conversations that last. */
  countRooms(): Promise<{ readonly conversations: number; readonly members: number }>
  /** A random id that names this database, the same for every node on it. */
  readonly databaseId: string
  /** Reads where these conversations stand, as a node does that compares what it has heard with what is stored. */
  positions(ids: readonly ConversationId[]): Promise<Positions>
  /** Rejects while the database does not answer. */
  check(): Promise<void>
  /** Tells of what other processes write in the same database. */
  readonly tail: SqlTail
  /** Carries what is addressed to people to other processes on the same database. */
  readonly relay: SqlRelay
}

/** Opens the database and brings its tables up to date. Rejects with a sentence for whoever runs the server. */
export async function openStores(given: StoreOptions): Promise<Stores> {
  const { databaseUrl, dataDir, database: options, redis = null, report } = given
  await using opening = new AsyncDisposableStack()
  const passing = redis === null ? opening.use(openMemoryStores()) : createRedisStores(redis)
  const database = opening.use(await openDatabase(databaseUrl, dataDir, options))
  const commits = createGroupCommit(database)
  const tail = opening.use(createSqlTail(database, commits, report))
  const databaseId = await databaseIdOf(database)
  const opened = opening.move()
  const lasting = {
    conversations: createSqlConversationStore(database, commits, createConversationReader(database)),
    messages: createSqlMessageStore(database),
    receipts: createSqlReceiptStore(database, commits),
    inbox: createSqlInboxStore(database),
    notifications: createSqlNotificationStore(database),
    users: createSqlUserStore(database),
    calls: createSqlCallStore(database),
    deadlines: createSqlDeadlineStore(database),
  }
  return {
    // It costs nothing to ask memory. Without that, a chat needs no Redis.
    ...storesByLifetime(passing, lasting, redis === null ? undefined : isRoomId),
    revocations: createSqlRevocationStore(database, commits),
    databaseName: database.dialect.name,
    databaseId,
    countRooms: () => passing.conversations.count(),
    positions: (ids) => readPositions(ids, redis, database, report),
    check: database.check,
    tail,
    relay: createSqlRelay(commits, tail, report),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

/** The positions of rooms and of conversations that last, each while its own store answers. */
async function readPositions(
  ids: readonly ConversationId[],
  redis: RedisLink | null,
  database: SqlDatabase,
  report: StoreOptions['report'],
): Promise<Positions> {
  const positions = new Map<ConversationId, Position | null>()
  const reported = (error: unknown) => {
    if (!isUnavailable(error)) report(error)
    return null
  }
  const rooms = redis === null ? [] : ids.filter(isRoomId)
  const open = redis === null ? new Map() : await readRedisPositions(redis, rooms).catch(reported)
  // An id in the form of a room's may be one that lasts.
  const others = ids.filter((id) => (open === null ? !isRoomId(id) : !open.has(id)))
  const lasting = await readSqlPositions(database, others).catch(reported)
  for (const [id, position] of open ?? []) positions.set(id, position)
  if (lasting !== null) for (const id of others) positions.set(id, lasting.get(id) ?? null)
  return positions
}
