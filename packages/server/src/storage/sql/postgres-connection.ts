import { PostgresDialect } from 'kysely'
import pg from 'pg'
import type { Connection, ConnectionOptions } from './connection.ts'

const INT8 = pg.types.builtins.INT8

/** 64-bit whole numbers as numbers: nothing that is stored here passes 2^53. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (type, format) => (type === INT8 ? Number : pg.types.getTypeParser(type, format as 'text')),
}

export function connectPostgres(url: string, options: ConnectionOptions): Connection {
  // Everything here is asked by index; the default of what that costs speaks of disks that turn.
  const settings = `set statement_timeout = ${options.statementTimeoutMs};
    set lock_timeout = ${options.lockTimeoutMs};
    set idle_in_transaction_session_timeout = ${options.idleTransactionTimeoutMs};
    set random_page_cost = 1.1;
    set default_transaction_isolation = 'read committed'`
  const clients = new Set<pg.ClientBase>()
  const pool = new pg.Pool({
    connectionString: url,
    types,
    max: options.poolSize,
    connectionTimeoutMillis: options.connectTimeoutMs,
    keepAlive: true,
    application_name: 'parley',
    // Done by the pool itself, which gives up a connection that breaks meanwhile: Kysely would keep its place for ever.
    async onConnect(client) {
      clients.add(client)
      client.once('end', () => clients.delete(client))
      // Without a listener a connection that breaks while nobody uses it would end the process.
      client.on('error', ignore)
      await client.query(settings)
    },
  })
  pool.on('error', ignore)

  return {
    kysely: new PostgresDialect({ pool }),
    drop() {
      for (const client of clients) streamOf(client)?.destroy()
    },
  }
}

function ignore(): void {
  // Whoever uses the connection hears of it.
}

/** pg has no public way to break a connection that does not answer. */
function streamOf(client: pg.ClientBase): { destroy(): void } | undefined {
  return (client as { connection?: { stream?: { destroy(): void } } }).connection?.stream
}
