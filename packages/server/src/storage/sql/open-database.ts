import { setTimeout } from 'node:timers/promises'
import { Kysely, sql, type Transaction } from 'kysely'
import { createAvailability, unavailable } from './availability.ts'
import type { Connection, ConnectionOptions } from './connection.ts'
import { type DatabaseAddress, parseDatabaseUrl } from './database-url.ts'
import { type Dialect, mariadbDialect, postgresDialect, sqliteDialect } from './dialects.ts'
import { DatabaseRefused, migrate } from './migrate.ts'
import type { Tables } from './schema.ts'

export interface DatabaseOptions extends ConnectionOptions {
  /** After so long without an answer the database counts as away. */
  readonly callTimeoutMs: number
  /** While it is away, it is tried again so often. */
  readonly probeIntervalMs: number
  /** How long a server of its own may take to be there at first. */
  readonly startTimeoutMs: number
}

export const DEFAULT_DATABASE_OPTIONS: DatabaseOptions = {
  poolSize: 10,
  connectTimeoutMs: 3000,
  statementTimeoutMs: 5000,
  lockTimeoutMs: 4000,
  idleTransactionTimeoutMs: 4000,
  callTimeoutMs: 6000,
  probeIntervalMs: 1000,
  startTimeoutMs: 10_000,
}

/**
 * A database with our tables in it. Every call rejects with `DomainError('UNAVAILABLE')` while the database is
 * away, at once when that is known already, and works again by itself when it is back.
 */
export interface SqlDatabase extends AsyncDisposable {
  readonly dialect: Dialect
  /** Reads what is committed. */
  read<T>(run: (db: Kysely<Tables>) => Promise<T>): Promise<T>
  /** One transaction; the whole of it again when another one was in its way. What conversations are made of is written by the group commit instead. */
  write<T>(run: (trx: Transaction<Tables>) => Promise<T>): Promise<T>
  /** Rejects when the database does not answer. */
  check(): Promise<void>
}

const MAX_ATTEMPTS = 5
const START_RETRY_MS = 100

/** SQLite waits for a lock in the middle of everything else: no longer than this, then others have their turn. */
const SQLITE_WAIT_MS = 25

/** Opens the database that `DATABASE_URL` names, or the file in the data folder, and brings its tables up to date. */
export async function openDatabase(
  url: string | null,
  dataDir: string,
  given: Partial<DatabaseOptions> = {},
): Promise<SqlDatabase> {
  const options = { ...DEFAULT_DATABASE_OPTIONS, ...given }
  const address = parseDatabaseUrl(url, dataDir)
  const { dialect, connection } = await connect(address, options)
  const db = new Kysely<Tables>({ dialect: connection.kysely })
  try {
    if (dialect.name !== 'SQLite') await whenThere(db, dialect, options)
    if (dialect.name === 'MariaDB') await requireMariadb(db)
    await migrate(db, dialect)
    if (dialect.name === 'SQLite') await sql`pragma busy_timeout = ${sql.lit(SQLITE_WAIT_MS)}`.execute(db)
  } catch (error) {
    await db.destroy()
    throw error
  }
  const availability = createAvailability(options, dialect.failureOf, connection.drop)

  return {
    dialect,
    read: (run) => availability.guard(() => run(db)),
    async write(run) {
      const givenUpAt = performance.now() + options.lockTimeoutMs
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await availability.guard(() => db.transaction().execute(run), 'urgent')
        } catch (error) {
          if (dialect.failureOf(error) !== 'conflict') throw error
          const isOver = dialect.name === 'SQLite' ? performance.now() >= givenUpAt : attempt >= MAX_ATTEMPTS
          if (isOver) throw unavailable()
          // The others have waited for the lock already.
          if (dialect.name === 'SQLite') await setTimeout(SQLITE_WAIT_MS)
        }
      }
    },
    check: () => availability.guard(async () => void (await sql`select 1`.execute(db))),
    [Symbol.asyncDispose]: () => db.destroy(),
  }
}

/** A way to a database, without looking whether it is there. Drivers are loaded when they are needed: a start on SQLite knows of no other. */
export async function connect(
  address: DatabaseAddress,
  options: DatabaseOptions,
): Promise<{ readonly dialect: Dialect; readonly connection: Connection }> {
  switch (address.kind) {
    case 'sqlite': {
      const { connectSqlite } = await import('./sqlite-connection.ts')
      return { dialect: sqliteDialect, connection: connectSqlite(address.path, options.lockTimeoutMs) }
    }
    case 'postgres': {
      const { connectPostgres } = await import('./postgres-connection.ts')
      return { dialect: postgresDialect, connection: connectPostgres(address.url, options) }
    }
    case 'mariadb': {
      const { connectMariadb } = await import('./mariadb-connection.ts')
      return { dialect: mariadbDialect, connection: connectMariadb(address.url, options) }
    }
  }
}

/** A database that is starting too, or has much to do, is no reason to give up the start. */
async function whenThere(
  db: Kysely<Tables>,
  dialect: Dialect,
  { startTimeoutMs }: Pick<DatabaseOptions, 'startTimeoutMs'>,
): Promise<void> {
  const givenUpAt = performance.now() + startTimeoutMs
  for (;;) {
    try {
      await sql`select 1`.execute(db)
      return
    } catch (error) {
      if (dialect.failureOf(error) !== 'away' || performance.now() > givenUpAt) throw error
      await setTimeout(START_RETRY_MS)
    }
  }
}

async function requireMariadb(db: Kysely<Tables>): Promise<void> {
  const { rows } = await sql<{ version: string }>`select version() as version`.execute(db)
  const version = rows[0]?.version ?? ''
  if (!/mariadb/i.test(version)) throw new DatabaseRefused(`mysql://… is for MariaDB; this server is MySQL ${version}`)
}
