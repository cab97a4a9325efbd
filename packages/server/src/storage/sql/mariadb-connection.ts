import { CompiledQuery, MysqlDialect } from 'kysely'
import { createPool, type PoolConnection } from 'mysql2'
import type { Connection, ConnectionOptions } from './connection.ts'

export function connectMariadb(url: string, options: ConnectionOptions): Connection {
  const connections = new Set<PoolConnection>()
  const pool = createPool({
    uri: url,
    connectionLimit: options.poolSize,
    connectTimeout: options.connectTimeoutMs,
    charset: 'utf8mb4',
    timezone: 'Z',
    enableKeepAlive: true,
  })
  pool.on('connection', (connection) => {
    connections.add(connection)
    connection.on('end', () => connections.delete(connection))
    // Without a listener a connection that breaks while nobody uses it would end the process.
    connection.on('error', () => connections.delete(connection))
  })

  const seconds = (ms: number) => Math.max(1, Math.round(ms / 1000))
  const settings = [
    // What is compared with a key is compared as keys are: byte by byte.
    'set names utf8mb4 collate utf8mb4_nopad_bin',
    'set session transaction isolation level read committed',
    `set session sql_mode = 'strict_all_tables,no_engine_substitution',
      max_statement_time = ${options.statementTimeoutMs / 1000},
      innodb_lock_wait_timeout = ${seconds(options.lockTimeoutMs)},
      idle_transaction_timeout = ${seconds(options.idleTransactionTimeoutMs)}`,
  ]

  return {
    kysely: new MysqlDialect({
      pool: pool as never,
      async onCreateConnection(connection) {
        for (const statement of settings) await connection.executeQuery(CompiledQuery.raw(statement))
      },
    }),
    drop() {
      for (const connection of connections) connection.destroy()
      connections.clear()
    },
  }
}
