import type { Dialect as KyselyDialect } from 'kysely'

/** A way to a database. */
export interface Connection {
  readonly kysely: KyselyDialect
  /** Breaks every connection there is: what waits for an answer fails at once. New ones are made as they are needed. */
  drop(): void
}

/** How much a process may ask of its database. */
export interface ConnectionOptions {
  /** Connections at the same time, at most. */
  readonly poolSize: number
  readonly connectTimeoutMs: number
  /** The database ends a statement, or the wait for a lock, after so long. */
  readonly statementTimeoutMs: number
  readonly lockTimeoutMs: number
  /** The database ends a transaction whose process says nothing for so long, and gives its locks to others. */
  readonly idleTransactionTimeoutMs: number
}
