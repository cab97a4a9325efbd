import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { type SqliteDatabase, SqliteDialect, type SqliteStatement } from 'kysely'
import type { Connection } from './connection.ts'

/** Prepared statements that are kept; the least recently used goes first. */
const MAX_STATEMENTS = 500

/** A SQLite file, made when it is not there. What is committed is on the disk. */
export function connectSqlite(path: string, lockTimeoutMs: number): Connection {
  mkdirSync(dirname(path), { recursive: true })
  const file = new DatabaseSync(path, { timeout: lockTimeoutMs })
  file.exec(
    'pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -64000; pragma wal_autocheckpoint = 8000',
  )
  return { kysely: new SqliteDialect({ database: createShim(file) }), drop: () => undefined }
}

/** `node:sqlite` as Kysely expects a SQLite driver. */
function createShim(file: DatabaseSync): SqliteDatabase {
  const statements = new Map<string, SqliteStatement>()

  return {
    prepare(text) {
      const kept = statements.get(text)
      statements.delete(text)
      const statement = kept ?? shimStatement(file.prepare(text === 'begin' ? 'begin immediate' : text))
      statements.set(text, statement)
      if (statements.size > MAX_STATEMENTS) statements.delete(statements.keys().next().value ?? '')
      return statement
    },
    close: () => file.close(),
  }
}

function shimStatement(statement: StatementSync): SqliteStatement {
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...primitives(parameters)),
    run: (parameters) => statement.run(...primitives(parameters)),
    iterate: (parameters) => statement.iterate(...primitives(parameters)) as IterableIterator<unknown>,
  }
}

/** An object as first parameter would be taken for named ones, and shift the others. */
function primitives(parameters: readonly unknown[]): SQLInputValue[] {
  for (const parameter of parameters) {
    if (typeof parameter === 'string' || typeof parameter === 'number' || parameter === null) continue
    throw new TypeError(`SQLite takes text, numbers and null, not ${typeof parameter}`)
  }
  return parameters as SQLInputValue[]
}
