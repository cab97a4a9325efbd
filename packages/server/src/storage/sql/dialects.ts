import { type CompiledQuery, type Kysely, type RawBuilder, sql } from 'kysely'
import type { Tables } from './schema.ts'

/*
 * The differences of the three databases, all of them. Everything else here is the same SQL for each; what
 * that leaves out is said in docs/adr/0014-one-sql-for-three-databases.md.
 */

type Db = Kysely<Tables>
type ColumnType = RawBuilder<unknown>

export interface ColumnTypes {
  /** Text that is compared byte by byte and may be indexed: ids and names of kinds. */
  readonly key: ColumnType
  /** Text of any length. */
  readonly text: ColumnType
  /** Whole numbers up to 2^53. */
  readonly number: ColumnType
  readonly flag: ColumnType
}

/** What became of a statement that failed. */
export type Failure =
  /** Another transaction was in the way: the same again may succeed. */
  | 'conflict'
  /** The database can't be reached, or can't work. */
  | 'away'
  /** A row with this key is there already. */
  | 'duplicate'
  /** Anything else: a mistake of ours. */
  | 'other'

/** Statements over many rows, which bring the rows as parameters. */
interface ManyRows {
  /** How many of so many rows go into the next statement. Few different numbers make few different statements. */
  chunkOf(rows: number): number
  parametersOf(columns: readonly string[], rows: readonly (readonly Value[])[]): Value[]
  /** A query whose rows are these keys, all of them text. */
  keys(columns: readonly string[], rows: number): string
  insert(table: string, columns: readonly string[], rows: number): string
  /** Sets the columns where the first one is as in the row. */
  update(table: string, columns: readonly [string, ...string[]], rows: number): string
}

export type Value = string | number | null

export interface Dialect {
  readonly name: 'SQLite' | 'PostgreSQL' | 'MariaDB'
  readonly types: ColumnTypes
  /** Whether schema changes roll back with their transaction. */
  readonly hasTransactionalSchema: boolean
  readonly manyRows: ManyRows
  failureOf(error: unknown): Failure
  /** Takes the next number of `commits`, and with it the lock that keeps other writers out until the transaction ends. */
  takeCommit(db: Db): Promise<number>
  /** The end of an insert that leaves rows alone that are there already. */
  readonly orIgnore: (key: readonly string[]) => RawBuilder<unknown>
  /** The end of an insert that sets these columns where a row with this key is there already. */
  readonly orUpdate: (key: readonly string[], columns: readonly string[]) => RawBuilder<unknown>
  /** Runs on one connection, while no other process runs such a thing on this database. */
  withMigrationLock(db: Db, run: (db: Db) => Promise<void>): Promise<void>
  /** The tables that a query would read from end to end. */
  fullScans(db: Db, query: CompiledQuery): Promise<readonly string[]>
}

const MIGRATION_LOCK = 'parley migrations'
const MIGRATION_LOCK_SECONDS = 120

const names = (columns: readonly string[]) => sql.join(columns.map((column) => sql.ref(column)))
const fieldOf = (error: unknown, field: string): unknown =>
  typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[field] : undefined

/** Node's own error codes: nobody listens, or the line broke. */
const BROKEN_LINE = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOST|ENET|ERR_STREAM|ERR_SOCKET)/

/** SQLite's primary result codes are the low byte. */
const SQLITE = {
  busy: 5,
  locked: 6,
  readOnly: 8,
  ioError: 10,
  full: 13,
  cantOpen: 14,
  constraint: 19,
  notADatabase: 26,
}
const SQLITE_AWAY: readonly number[] = [SQLITE.readOnly, SQLITE.ioError, SQLITE.full, SQLITE.cantOpen]
const SQLITE_DUPLICATE: readonly number[] = [1555, 2067]

export const sqliteDialect: Dialect = {
  name: 'SQLite',
  types: { key: sql`text`, text: sql`text`, number: sql`integer`, flag: sql`integer` },
  hasTransactionalSchema: true,

  manyRows: {
    ...byPlaceholders('"'),
    update: (table, [key, ...columns], rows) => `update "${table}" set ${fromRow(columns)}
      from (${unionOf(rows, [key, ...columns], '"')}) as v where "${table}"."${key}" = v."${key}"`,
  },

  failureOf(error) {
    const code = fieldOf(error, 'errcode')
    if (typeof code !== 'number') return 'other'
    if (SQLITE_DUPLICATE.includes(code)) return 'duplicate'
    const primary = code & 0xff
    if (primary === SQLITE.busy || primary === SQLITE.locked) return 'conflict'
    return SQLITE_AWAY.includes(primary) ? 'away' : 'other'
  },

  async takeCommit(db) {
    const { rows } = await sql<{
      number: number
    }>`update commits set number = number + 1 where id = 1 returning number`.execute(db)
    return rows[0]?.number ?? noCounter()
  },

  orIgnore: (key) => sql`on conflict (${names(key)}) do nothing`,
  orUpdate: (key, columns) =>
    sql`on conflict (${names(key)}) do update set ${sql.join(
      columns.map((column) => sql`${sql.ref(column)} = excluded.${sql.ref(column)}`),
    )}`,

  // Every writing transaction of SQLite keeps all others out.
  withMigrationLock: (db, run) => db.transaction().execute(run),

  async fullScans(db, query) {
    const { rows } = await db.executeQuery<{ detail: string }>({ ...query, sql: `explain query plan ${query.sql}` })
    return rows.flatMap(({ detail }) => /^SCAN (?!\d+ CONSTANT|\(|k\b)(\S+)/.exec(detail)?.[1] ?? [])
  },
}

const POSTGRES_CONFLICT: readonly unknown[] = ['40001', '40P01', '55P03']
/** Connection exceptions, shutdowns, out of resources, a statement or transaction that took too long. */
const POSTGRES_AWAY = /^(08...|57P0.|53...|58...|57014|25P03|25P04|25006)$/
const POSTGRES_LINE = /Connection terminated|timeout exceeded when trying to connect|Query read timeout|not queryable/

export const postgresDialect: Dialect = {
  name: 'PostgreSQL',
  types: {
    key: sql`varchar(191) collate "C"`,
    text: sql`text collate "C"`,
    number: sql`bigint`,
    flag: sql`smallint`,
  },
  hasTransactionalSchema: true,

  // As JSON: to plan for a hundred rows of parameters takes longer than to read them.
  manyRows: {
    chunkOf: (rows) => Math.min(rows, 256),
    parametersOf: (columns, rows) => [
      JSON.stringify(
        rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, wellFormed(row[i] ?? null)]))),
      ),
    ],
    // With an offset, so that what is compared is taken out of the JSON once and not for every row.
    keys: (columns) =>
      `select ${columns.map((column) => `x ->> '${column}'`).join(', ')} from json_array_elements($1) as x offset 0`,
    insert: (table, columns) => {
      const names = columns.map((column) => `"${column}"`).join(', ')
      return `insert into "${table}" (${names}) select ${names} from json_populate_recordset(null::"${table}", $1)`
    },
    update: (table, [key, ...columns]) => `update "${table}" as t set ${fromRow(columns)}
      from json_populate_recordset(null::"${table}", $1) as v where t."${key}" = v."${key}"`,
  },

  failureOf(error) {
    const code = fieldOf(error, 'code')
    if (code === '23505') return 'duplicate'
    if (POSTGRES_CONFLICT.includes(code)) return 'conflict'
    if (typeof code === 'string' && (POSTGRES_AWAY.test(code) || BROKEN_LINE.test(code))) return 'away'
    return error instanceof Error && POSTGRES_LINE.test(error.message) ? 'away' : 'other'
  },

  takeCommit: sqliteDialect.takeCommit,

  orIgnore: sqliteDialect.orIgnore,
  orUpdate: sqliteDialect.orUpdate,

  withMigrationLock: (db, run) =>
    db.connection().execute(async (connection) => {
      const { rows } = await sql<{ statement: string; lock: string }>`
        select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock`.execute(
        connection,
      )
      const setTimeouts = (statement: string, lock: string) =>
        sql`select set_config('statement_timeout', ${statement}, false), set_config('lock_timeout', ${lock}, false)`.execute(
          connection,
        )
      await setTimeouts('0', `${MIGRATION_LOCK_SECONDS}s`)
      await sql`select pg_advisory_lock(hashtext(${MIGRATION_LOCK}))`.execute(connection)
      try {
        await run(connection)
      } finally {
        await sql`select pg_advisory_unlock(hashtext(${MIGRATION_LOCK}))`.execute(connection)
        await setTimeouts(rows[0]?.statement ?? '0', rows[0]?.lock ?? '0')
      }
    }),

  async fullScans(db, query) {
    const { rows } = await db.executeQuery<Record<string, unknown>>({
      ...query,
      sql: `explain (format json) ${query.sql}`,
    })
    return seqScansIn(rows[0]?.['QUERY PLAN'])
  },
}

function seqScansIn(plan: unknown): string[] {
  if (Array.isArray(plan)) return plan.flatMap(seqScansIn)
  if (typeof plan !== 'object' || plan === null) return []
  const node = plan as Record<string, unknown>
  const own = node['Node Type'] === 'Seq Scan' ? [String(node['Relation Name'])] : []
  return [...own, ...Object.values(node).flatMap(seqScansIn)]
}

const MARIADB_CONFLICT: readonly unknown[] = [1213, 1205, 1020]
/** Too many connections, shutting down, killed, took too long, no space, read only. */
const MARIADB_AWAY: readonly unknown[] = [1040, 1053, 1152, 1203, 1317, 1969, 1927, 1021, 1114, 1290, 1836, 4031]

export const mariadbDialect: Dialect = {
  name: 'MariaDB',
  types: {
    key: sql`varchar(191) character set utf8mb4 collate utf8mb4_nopad_bin`,
    text: sql`longtext character set utf8mb4 collate utf8mb4_nopad_bin`,
    number: sql`bigint`,
    flag: sql`smallint`,
  },
  hasTransactionalSchema: false,

  manyRows: {
    ...byPlaceholders('`'),
    update: (table, [key, ...columns], rows) => `update \`${table}\` as t
      join (${unionOf(rows, [key, ...columns], '`')}) as v on t.\`${key}\` = v.\`${key}\`
      set ${columns.map((column) => `t.\`${column}\` = v.\`${column}\``).join(', ')}`,
  },

  failureOf(error) {
    const number = fieldOf(error, 'errno')
    const code = fieldOf(error, 'code')
    if (number === 1062) return 'duplicate'
    if (MARIADB_CONFLICT.includes(number)) return 'conflict'
    if (MARIADB_AWAY.includes(number) || fieldOf(error, 'fatal') === true) return 'away'
    if (typeof code === 'string' && (BROKEN_LINE.test(code) || code.startsWith('PROTOCOL_'))) return 'away'
    return error instanceof Error && /closed state|Pool is closed/.test(error.message) ? 'away' : 'other'
  },

  async takeCommit(db) {
    const { insertId } = await sql`update commits set number = last_insert_id(number + 1) where id = 1`.execute(db)
    return insertId === undefined ? noCounter() : Number(insertId)
  },

  // `insert ignore` would let other mistakes pass too.
  orIgnore: (key) => sql`on duplicate key update ${sql.ref(key[0] ?? '')} = ${sql.ref(key[0] ?? '')}`,
  orUpdate: (_key, columns) =>
    sql`on duplicate key update ${sql.join(
      columns.map((column) => sql`${sql.ref(column)} = values(${sql.ref(column)})`),
    )}`,

  withMigrationLock: (db, run) =>
    db.connection().execute(async (connection) => {
      // Locks are the server's, not the database's: the name carries the database's.
      const lock = sql`concat(database(), ${`: ${MIGRATION_LOCK}`})`
      await sql`set @usual_statement_time = @@max_statement_time, max_statement_time = 0`.execute(connection)
      const { rows } = await sql<{
        taken: number | null
      }>`select get_lock(${lock}, ${MIGRATION_LOCK_SECONDS}) as taken`.execute(connection)
      if (rows[0]?.taken !== 1)
        throw new Error('Another process has been changing the tables of this database for long')
      try {
        await run(connection)
      } finally {
        await sql`select release_lock(${lock})`.execute(connection)
        await sql`set max_statement_time = @usual_statement_time`.execute(connection)
      }
    }),

  async fullScans(db, query) {
    const { rows } = await db.executeQuery<{ table: string | null; type: string | null }>({
      ...query,
      sql: `explain ${query.sql}`,
    })
    const isWhole = (type: string | null) => type === 'ALL' || type === 'index'
    return rows.flatMap(({ table, type }) =>
      table !== null && !table.startsWith('<') && table !== 'k' && isWhole(type) ? [table] : [],
    )
  },
}

const fromRow = (columns: readonly string[]): string =>
  columns.map((column) => `"${column}" = v."${column}"`).join(', ')

/** So many rows of parameters as a table. */
function unionOf(rows: number, columns: readonly string[], quote: string): string {
  const row = `select ${columns.map((column) => `? as ${quote}${column}${quote}`).join(', ')}`
  return Array.from({ length: rows }, () => row).join(' union all ')
}

const CHUNKS = [128, 64, 32, 16, 8, 4, 2, 1] as const

function byPlaceholders(quote: string): Pick<ManyRows, 'chunkOf' | 'parametersOf' | 'keys' | 'insert'> {
  const values = (columns: number, rows: number) => {
    const row = `(${Array.from({ length: columns }, () => '?').join(', ')})`
    return Array.from({ length: rows }, () => row).join(', ')
  }
  return {
    chunkOf: (rows) => CHUNKS.find((chunk) => chunk <= rows) ?? 1,
    parametersOf: (_columns, rows) => rows.flat(),
    keys: (columns, rows) => `values ${values(columns.length, rows)}`,
    insert: (table, columns, rows) => `insert into ${quote}${table}${quote}
      (${columns.map((column) => `${quote}${column}${quote}`).join(', ')}) values ${values(columns.length, rows)}`,
  }
}

/** Halves of characters, which PostgreSQL refuses in JSON, as the drivers write them elsewhere. */
const wellFormed = (value: Value): Value => (typeof value === 'string' ? value.toWellFormed() : value)

function noCounter(): never {
  throw new Error('The table commits has lost its row')
}
