import { existsSync } from 'node:fs'
import { Kysely, sql } from 'kysely'
import { parseDatabaseUrl } from './sql/database-url.ts'
import type { Dialect } from './sql/dialects.ts'
import { lastDone, NEWEST_MIGRATION } from './sql/migrate.ts'
import { connect, DEFAULT_DATABASE_OPTIONS } from './sql/open-database.ts'
import type { Tables } from './sql/schema.ts'

export interface DatabaseFindings {
  readonly name: 'SQLite' | 'PostgreSQL' | 'MariaDB'
  readonly version: string
  /** How long the shortest of a few questions took. */
  readonly latencyMs: number
  /** What its clock says, and when it was asked; `null` for SQLite, which has this machine's. */
  readonly clock: { readonly theirMs: number; readonly askedAtMs: number; readonly answeredAtMs: number } | null
  /** The last migration that was done there; `null` when nothing of ours is there yet. */
  readonly migration: number | null
  readonly newestMigration: number
  /** How many connections it lets anybody have; `null` for SQLite. */
  readonly maxConnections: number | null
}

/** A file that is not there yet; it is made at the start. */
export interface MissingFile {
  readonly missingFile: string
}

const QUESTIONS = 5
const QUERIES: Record<Dialect['name'], { version: string; now: string | null; maxConnections: string | null }> = {
  SQLite: { version: 'select sqlite_version() as value', now: null, maxConnections: null },
  PostgreSQL: {
    version: `select current_setting('server_version') as value`,
    now: 'select extract(epoch from clock_timestamp()) * 1000 as value',
    maxConnections: `select current_setting('max_connections') as value`,
  },
  MariaDB: {
    version: 'select version() as value',
    now: 'select unix_timestamp(now(3)) * 1000 as value',
    maxConnections: 'select @@max_connections as value',
  },
}

/** Looks at a database and changes nothing there. Rejects with the driver's error when it can not be had. */
export async function inspectDatabase(url: string | null, dataDir: string): Promise<DatabaseFindings | MissingFile> {
  const address = parseDatabaseUrl(url, dataDir)
  if (address.kind === 'sqlite' && !existsSync(address.path)) return { missingFile: address.path }
  const { dialect, connection } = await connect(address, DEFAULT_DATABASE_OPTIONS)
  const db = new Kysely<Tables>({ dialect: connection.kysely })
  const ask = async (query: string): Promise<string> => {
    const { rows } = await sql<{ value: unknown }>`${sql.raw(query)}`.execute(db)
    return String(rows[0]?.value)
  }
  try {
    const queries = QUERIES[dialect.name]
    const version = await ask(queries.version)
    let latencyMs = Number.POSITIVE_INFINITY
    for (let question = 0; question < QUESTIONS; question++) {
      const askedAt = performance.now()
      await ask('select 1 as value')
      latencyMs = Math.min(latencyMs, performance.now() - askedAt)
    }
    const askedAtMs = Date.now()
    const theirMs = queries.now === null ? null : Number(await ask(queries.now))
    return {
      name: dialect.name,
      version,
      latencyMs,
      clock: theirMs === null ? null : { theirMs, askedAtMs, answeredAtMs: Date.now() },
      migration: await lastDone(db),
      newestMigration: NEWEST_MIGRATION,
      maxConnections: queries.maxConnections === null ? null : Number(await ask(queries.maxConnections)),
    }
  } finally {
    await db.destroy()
  }
}
