import type { ConversationId, CorePorts, Position } from '@parley/core'
import type { RevocationStore } from '../auth/revocation-store.ts'
import { storesByLifetime } from './by-lifetime.ts'
import { openMemoryStores } from './memory/index.ts'
import { createConversationReader } from './sql/conversation-reader.ts'
import { databaseIdOf } from './sql/database-id.ts'
import { createGroupCommit } from './sql/group-commit.ts'
import { type DatabaseOptions, openDatabase } from './sql/open-database.ts'
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
  /** As `DATABASE_URL` says; `null` for the file in the data folder. */
  readonly databaseUrl: string | null
  readonly dataDir: string
  readonly database?: Partial<DatabaseOptions>
  /** Told of failures in work that nobody waits for. */
  readonly report: (error: unknown) => void
}

type StorePorts = Omit<CorePorts, 'bus' | 'media' | 'limiter' | 'clock' | 'ids' | 'passwords' | 'report'>

/** Everything that the core keeps: rooms in memory, what lasts in the database. */
export interface Stores extends StorePorts, AsyncDisposable {
  readonly revocations: RevocationStore
  /** What conversations that last are kept in. */
  readonly databaseName: 'SQLite' | 'PostgreSQL' | 'MariaDB'
  /** Open rooms and their members, without the conversations that last. */
  countRooms(): Promise<{ readonly conversations: number; readonly members: number }>
  /** A random id that names this database, the same for every node on it. */
  readonly databaseId: string
  /** Where these conversations stand. Those that are gone are left out. */
  positions(ids: readonly ConversationId[]): Promise<ReadonlyMap<ConversationId, Position>>
  /** Rejects while the database does not answer. */
  check(): Promise<void>
  /** Tells of what other processes write in the same database. */
  readonly tail: SqlTail
  /** Carries what is addressed to people to other processes on the same database. */
  readonly relay: SqlRelay
}

/** Opens the database and brings its tables up to date. Rejects with a sentence for whoever runs the server. */
export async function openStores({ databaseUrl, dataDir, database: options, report }: StoreOptions): Promise<Stores> {
  await using opening = new AsyncDisposableStack()
  const memory = opening.use(openMemoryStores())
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
    ...storesByLifetime(memory, lasting),
    revocations: createSqlRevocationStore(database),
    databaseName: database.dialect.name,
    databaseId,
    countRooms: () => memory.conversations.count(),
    positions: (ids) => readSqlPositions(database, ids),
    check: database.check,
    tail,
    relay: createSqlRelay(commits, tail, report),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}
