import { CompiledQuery, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { Connection, ConnectionOptions } from './connection.ts'

const INT8 = pg.types.builtins.INT8

/** 64-bit whole numbers as numbers: nothing that is stored here passes 2^53. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (type, format) => (type === INT8 ? Number : pg.types.getTypeParser(type, format as 'text')),
}

export function connectPostgres(url: string, options: ConnectionOptions): Connection {
  const clients = new Set<pg.PoolClient>()
  const pool = new pg.Pool({
    connectionString: url,
    types,
    max: options.poolSize,
    connectionTimeoutMillis: options.connectTimeoutMs,
    keepAlive: true,
    application_name: 'parley',
  })
  pool.on('connect', (client) => {
    clients.add(client)
    // Without a listener a connection that breaks while nobody uses it would end the process.
    client.on('error', ignore)
  })
  pool.on('remove', (client) => clients.delete(client))
  pool.on('error', ignore)

  const settings = `set statement_timeout = ${options.statementTimeoutMs};
    set lock_timeout = ${options.lockTimeoutMs};
    set idle_in_transaction_session_timeout = ${options.idleTransactionTimeoutMs};
    set default_transaction_isolation = 'read committed'`

  return {
    kysely: new PostgresDialect({
      pool,
      onCreateConnection: async (connection) => void (await connection.executeQuery(CompiledQuery.raw(settings))),
    }),
    drop() {
      for (const client of clients) streamOf(client)?.destroy()
    },
  }
}

function ignore(): void {
  // Whoever uses the connection hears of it.
}

/** pg has no public way to break a connection that does not answer. */
function streamOf(client: pg.PoolClient): { destroy(): void } | undefined {
  return (client as { connection?: { stream?: { destroy(): void } } }).connection?.stream
}
