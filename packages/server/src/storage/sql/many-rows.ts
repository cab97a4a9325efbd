import { CompiledQuery, type Kysely } from 'kysely'
import type { Dialect, Value } from './dialects.ts'
import type { Tables } from './schema.ts'

/*
 * Statements over any number of rows, as a batch of many writers needs them. They are written by hand: putting
 * thousands of parameters through the query builder would cost more than the database. Rows go in chunks of few
 * sizes, so that there are few different statements and each is parsed once.
 */

type Row = readonly Value[]

/**
 * The most text in one statement. A database takes so many bytes at once (MariaDB 16 MiB, unless it is told otherwise)
 * and hangs up on more; written down, a character may become six of them.
 */
const MAX_LENGTH = 1024 * 1024

const texts = new Map<string, string>()

/** Inserts rows that all have the same columns. */
export async function insertRows<T extends keyof Tables>(
  db: Kysely<Tables>,
  dialect: Dialect,
  table: T,
  rows: readonly Tables[T][],
): Promise<void> {
  const [first] = rows
  if (first === undefined) return
  const columns = Object.keys(first)
  const values = (rows as unknown as readonly Record<string, Value>[]).map((row) =>
    columns.map((column) => row[column] ?? null),
  )
  const textOf = (size: number) => dialect.manyRows.insert(table, columns, size)
  await inChunks(db, dialect, `insert ${table}`, columns, values, textOf)
}

/** Sets columns of rows, of which each has its own values. The first column says which row. */
export async function updateRows<T extends keyof Tables>(
  db: Kysely<Tables>,
  dialect: Dialect,
  table: T,
  columns: readonly [keyof Tables[T] & string, ...(keyof Tables[T] & string)[]],
  rows: readonly Row[],
): Promise<void> {
  const textOf = (size: number) => dialect.manyRows.update(table, columns, size)
  await inChunks(db, dialect, `update ${table} ${columns.join()}`, columns, rows, textOf)
}

/** Joins keys, as a table `k` with these columns, with something else: `select` is what follows. */
export function selectByKeys<Found>(
  db: Kysely<Tables>,
  dialect: Dialect,
  columns: readonly string[],
  keys: readonly (readonly (string | null)[])[],
  select: string,
): Promise<Found[]> {
  const textOf = (size: number) =>
    `with k (${columns.join(', ')}) as (${dialect.manyRows.keys(columns, size)}) ${select}`
  return inChunks<Found>(db, dialect, select, columns, keys, textOf)
}

async function inChunks<Found>(
  db: Kysely<Tables>,
  { name, manyRows }: Dialect,
  purpose: string,
  columns: readonly string[],
  rows: readonly Row[],
  textOf: (size: number) => string,
): Promise<Found[]> {
  const found: Found[] = []
  for (let start = 0; start < rows.length; ) {
    const size = manyRows.chunkOf(fitting(rows, start))
    const key = `${name} ${size} ${purpose}`
    const text = texts.get(key) ?? textOf(size)
    texts.set(key, text)
    const parameters = manyRows.parametersOf(columns, rows.slice(start, start + size))
    const result = await db.executeQuery<Found>(CompiledQuery.raw(text, parameters))
    if (result.rows.length > 0) found.push(...result.rows)
    start += size
  }
  return found
}

/** How many rows from `start` on go into one statement, by their length: one at least. */
function fitting(rows: readonly Row[], start: number): number {
  let length = 0
  for (let end = start; end < rows.length; end += 1) {
    for (const value of rows[end] ?? []) if (typeof value === 'string') length += value.length
    if (length > MAX_LENGTH && end > start) return end - start
  }
  return rows.length - start
}
