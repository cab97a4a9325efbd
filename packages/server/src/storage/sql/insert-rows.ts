import { CompiledQuery, type Kysely } from 'kysely'
import type { Dialect } from './dialects.ts'
import type { Tables } from './schema.ts'

type Value = string | number | null

/** Rows in one statement: as few different statements as possible, so that each is prepared once. */
const CHUNKS = [128, 32, 8, 1] as const
const statements = new Map<string, string>()

/** Inserts many rows in few statements. Every row has the same columns. */
export async function insertRows<T extends keyof Tables>(
  db: Kysely<Tables>,
  dialect: Dialect,
  table: T,
  rows: readonly Tables[T][],
): Promise<void> {
  const [first] = rows
  if (first === undefined) return
  const columns = Object.keys(first)
  for (let start = 0; start < rows.length; ) {
    const size = CHUNKS.find((chunk) => chunk <= rows.length - start) ?? 1
    const parameters: Value[] = []
    for (const row of rows.slice(start, start + size) as unknown as Record<string, Value>[])
      for (const column of columns) parameters.push(row[column] ?? null)
    await db.executeQuery(CompiledQuery.raw(statementFor(dialect, table, columns, size), parameters))
    start += size
  }
}

function statementFor({ name, placeholder, quote }: Dialect, table: string, columns: readonly string[], rows: number) {
  const key = `${name} ${table} ${columns.length} ${rows}`
  const kept = statements.get(key)
  if (kept !== undefined) return kept
  let count = 0
  const row = () => `(${columns.map(() => placeholder(++count)).join(', ')})`
  const values = Array.from({ length: rows }, row).join(', ')
  const statement = `insert into ${quote(table)} (${columns.map(quote).join(', ')}) values ${values}`
  statements.set(key, statement)
  return statement
}
