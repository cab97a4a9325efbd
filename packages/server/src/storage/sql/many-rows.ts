import { CompiledQuery, type Kysely } from 'kysely'
import type { Dialect } from './dialects.ts'
import type { Tables } from './schema.ts'

/*
 * Statements over any number of rows, as a batch of many writers needs them. They are written by hand: putting
 * thousands of parameters through the query builder would cost more than the database. Rows go in chunks of few
 * sizes, so that there are few different statements and each is parsed once.
 */

export type Value = string | number | null

const CHUNKS = [128, 64, 32, 16, 8, 4, 2, 1] as const
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
  const text = (size: number) =>
    `insert into ${dialect.quote(table)} (${columns.map(dialect.quote).join(', ')}) values ${rowsOf(dialect, size, columns.length)}`
  await inChunks(db, `${dialect.name} insert ${table}`, values, text)
}

/** Sets number columns of rows, of which each has its own values. Each row begins with its key. */
export async function updateRows<T extends keyof Tables>(
  db: Kysely<Tables>,
  dialect: Dialect,
  table: T,
  [key, ...columns]: readonly [keyof Tables[T] & string, ...(keyof Tables[T] & string)[]],
  rows: readonly (readonly Value[])[],
): Promise<void> {
  const text = (size: number) => dialect.updateNumbers(table, key, columns, size)
  await inChunks(db, `${dialect.name} update ${table} ${columns.length}`, rows, text)
}

/** Joins rows of text, as a table `k` with these columns, with something else: `select` is what follows. */
export function selectByKeys<Row>(
  db: Kysely<Tables>,
  dialect: Dialect,
  columns: readonly string[],
  keys: readonly (readonly (string | null)[])[],
  select: string,
): Promise<Row[]> {
  const text = (size: number) =>
    `with k (${columns.map(dialect.quote).join(', ')}) as (values ${rowsOf(dialect, size, columns.length)}) ${select}`
  return inChunks<Row>(db, `${dialect.name} ${select}`, keys, text)
}

function rowsOf({ placeholder }: Dialect, rows: number, columns: number): string {
  let n = 0
  const row = () => `(${Array.from({ length: columns }, () => placeholder(++n)).join(', ')})`
  return Array.from({ length: rows }, row).join(', ')
}

async function inChunks<Row>(
  db: Kysely<Tables>,
  name: string,
  rows: readonly (readonly Value[])[],
  textOf: (size: number) => string,
): Promise<Row[]> {
  const found: Row[] = []
  for (let start = 0; start < rows.length; ) {
    const size = CHUNKS.find((chunk) => chunk <= rows.length - start) ?? 1
    const key = `${size} ${name}`
    const text = texts.get(key) ?? textOf(size)
    texts.set(key, text)
    const result = await db.executeQuery<Row>(CompiledQuery.raw(text, rows.slice(start, start + size).flat()))
    if (result.rows.length > 0) found.push(...result.rows)
    start += size
  }
  return found
}
