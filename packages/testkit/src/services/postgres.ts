import { execFile } from 'node:child_process'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import {
  type DatabaseMaker,
  type DatabaseServer,
  type DatabaseServerOptions,
  nameOfDatabase,
  newDatabaseName,
  startDatabaseServer,
  urlOfDatabase,
} from './database-server.ts'
import { findFreePort, makeServerFolder, runUnprivileged } from './server-process.ts'

const run = promisify(execFile)

/** The folder with PostgreSQL's programs, the newest version's; `null` when it is not installed. */
export const findPostgres = (): string | null =>
  globSync('/usr/lib/postgresql/*/bin')
    .filter((folder) => globSync(join(folder, 'initdb')).length === 1)
    .sort()
    .at(-1) ?? null

function postgresProgram(name: string): string {
  const folder = findPostgres()
  if (folder === null) throw new Error('PostgreSQL is not installed: sudo apt-get install postgresql')
  return join(folder, name)
}

const execute = (serverUrl: string, statement: string): Promise<unknown> =>
  run(postgresProgram('psql'), ['--quiet', '--no-psqlrc', '--dbname', serverUrl, '--command', statement])

export const postgresMaker: DatabaseMaker = {
  async createDatabase(serverUrl) {
    const name = newDatabaseName()
    await execute(serverUrl, `create database ${name}`)
    return urlOfDatabase(serverUrl, name)
  },
  async dropDatabase(databaseUrl) {
    const serverUrl = urlOfDatabase(databaseUrl, 'postgres')
    await execute(serverUrl, `drop database if exists ${nameOfDatabase(databaseUrl)} with (force)`)
  },
}

const QUICK = {
  fsync: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: 0,
  max_wal_size: '4GB',
}

/** A PostgreSQL server on a free port. */
export async function startPostgres({ isDurable = true }: DatabaseServerOptions = {}): Promise<DatabaseServer> {
  const folder = await makeServerFolder('postgres')
  const data = join(folder, 'data')
  // Sorts as people do, and not by bytes: what must not depend on that is found out.
  const sorting = ['--locale=C.UTF-8', '--locale-provider=icu', '--icu-locale=en-US']
  await runUnprivileged(postgresProgram('initdb'), '--pgdata', data, '--username=parley', '--no-sync', ...sorting)
  const port = await findFreePort()
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 300,
    lc_messages: 'C',
    ...(isDurable ? {} : QUICK),
  }
  return startDatabaseServer({
    url: `postgres://parley@127.0.0.1:${port}/postgres`,
    folder,
    program: {
      command: postgresProgram('postgres'),
      args: ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      ready: /ready to accept connections/,
      stopSignal: 'SIGINT',
    },
    maker: postgresMaker,
  })
}
