import { type Kysely, sql } from 'kysely'
import type { Dialect } from './dialects.ts'
import { ALL_MIGRATIONS } from './migrations/all-migrations.ts'
import type { Migration, MigrationTools } from './migrations/migration.ts'
import type { Tables } from './schema.ts'

/** Which migrations were done. Its own name: a site's `migrations` are another thing. */
const DONE = 'parley_migrations'

/** A database that this server can't work with as it is; the message says what to do. */
export class DatabaseRefused extends Error {
  override readonly name = 'DatabaseRefused'
}

interface WithMigrations extends Tables {
  parley_migrations: { number: number; name: string; done_at: number }
}

/**
 * Brings the tables up to date, one process at a time. Throws `DatabaseRefused` for tables that a newer
 * release has made, and for a database where tables of our names are somebody else's.
 */
export async function migrate(
  db: Kysely<Tables>,
  dialect: Dialect,
  migrations: readonly Migration[] = ALL_MIGRATIONS,
): Promise<void> {
  const newest = migrations.at(-1)?.number ?? 0
  if ((await lastDone(db)) === newest) return
  await dialect.withMigrationLock(db, async (locked) => {
    const last = (await lastDone(locked)) ?? (await begin(locked, dialect))
    if (last > newest) {
      throw new DatabaseRefused(
        `The database was used by a newer release (its tables are at ${last}, this one knows ${newest}): ` +
          'start that release, or give this one another database',
      )
    }
    for (const migration of migrations) if (migration.number > last) await run(locked, dialect, migration)
  })
}

/** The number of the newest migration that this release knows. */
export const NEWEST_MIGRATION = ALL_MIGRATIONS.at(-1)?.number ?? 0

/** The number of the last migration, `null` when nothing of ours was ever here. */
export async function lastDone(db: Kysely<Tables>): Promise<number | null> {
  if (!(await tableNames(db)).has(DONE)) return null
  const row = await withMigrations(db)
    .selectFrom(DONE)
    .select((select) => select.fn.max('number').as('last'))
    .executeTakeFirst()
  return row?.last ?? 0
}

const withMigrations = (db: Kysely<Tables>) => db as unknown as Kysely<WithMigrations>

/** The first sign of ours in a database. From then on the tables with our names are ours. */
async function begin(db: Kysely<Tables>, { types }: Dialect): Promise<number> {
  const present = await tableNames(db)
  const ours: Record<keyof Tables, true> = OUR_TABLES
  const taken = Object.keys(ours).filter((name) => present.has(name))
  if (taken.length > 0) {
    throw new DatabaseRefused(
      `The database has tables of somebody else (${taken.join(', ')}) with the names of ours: give Parley a database of its own`,
    )
  }
  await db.schema
    .createTable(DONE)
    .ifNotExists()
    .addColumn('number', types.number, (column) => column.notNull())
    .addColumn('name', types.text, (column) => column.notNull())
    .addColumn('done_at', types.number, (column) => column.notNull())
    .addPrimaryKeyConstraint(`${DONE}_key`, ['number'])
    .execute()
  return 0
}

const OUR_TABLES: Record<keyof Tables, true> = {
  conversations: true,
  memberships: true,
  messages: true,
  reactions: true,
  changes: true,
  notifications: true,
  users: true,
  preferences: true,
  calls: true,
  call_parties: true,
  deadlines: true,
  revocations: true,
  relay: true,
  moves: true,
  commits: true,
  installation: true,
}

async function run(db: Kysely<Tables>, dialect: Dialect, migration: Migration): Promise<void> {
  const step = async (trx: Kysely<Tables>) => {
    await migration.up(toolsOf(trx, dialect))
    const { number, name } = migration
    await withMigrations(trx).insertInto(DONE).values({ number, name, done_at: Date.now() }).execute()
  }
  // One transaction where that is possible; elsewhere every piece is harmless to do again.
  if (dialect.hasTransactionalSchema && !db.isTransaction) await db.transaction().execute(step)
  else await step(db)
}

function toolsOf(db: Kysely<Tables>, { types }: Dialect): MigrationTools {
  const schema = db as unknown as Kysely<unknown>
  return {
    types,
    db: schema,
    async table(name, define) {
      await define(schema.schema.createTable(name).ifNotExists()).execute()
    },
    async column(table, name, type, define) {
      const tables = await schema.introspection.getTables()
      const isThere = tables.find((one) => one.name === table)?.columns.some((column) => column.name === name)
      if (!isThere) await schema.schema.alterTable(table).addColumn(name, type, define).execute()
    },
    async index(name, table, columns, unique) {
      // MariaDB and the others agree on this form; Kysely knows it for some of them only.
      await sql`create ${sql.raw(unique ?? '')} index if not exists ${sql.ref(name)}
        on ${sql.table(table)} (${sql.join(columns.map((column) => sql.ref(column)))})`.execute(db)
    },
  }
}

async function tableNames(db: Kysely<Tables>): Promise<ReadonlySet<string>> {
  return new Set((await db.introspection.getTables()).map(({ name }) => name))
}
