import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
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
const SERVER = '/usr/sbin/mariadbd'

export const hasMariadb = (): boolean => existsSync(SERVER)

function execute(serverUrl: string, statement: string): Promise<unknown> {
  const { hostname, port, username } = new URL(serverUrl)
  const address = ['--protocol=tcp', `--host=${hostname}`, `--port=${port}`, `--user=${username}`]
  return run('mariadb', ['--no-defaults', ...address, '--execute', statement])
}

export const mariadbMaker: DatabaseMaker = {
  async createDatabase(serverUrl) {
    const name = newDatabaseName()
    await execute(serverUrl, `create database ${name}`)
    return urlOfDatabase(serverUrl, name)
  },
  dropDatabase: async (databaseUrl) =>
    void (await execute(databaseUrl, `drop database if exists ${nameOfDatabase(databaseUrl)}`)),
}

const SMALL = ['--innodb-log-file-size=16M', '--innodb-buffer-pool-size=128M']
const QUICK = [
  '--innodb-log-file-size=256M',
  '--innodb-buffer-pool-size=512M',
  '--innodb-flush-log-at-trx-commit=0',
  '--innodb-doublewrite=OFF',
]

/** A MariaDB server on a free port. */
export async function startMariadb({ isDurable = true }: DatabaseServerOptions = {}): Promise<DatabaseServer> {
  const folder = await makeServerFolder('mariadb')
  const data = join(folder, 'data')
  const sizes = isDurable ? SMALL : QUICK
  await runUnprivileged(
    'mariadb-install-db',
    '--no-defaults',
    `--datadir=${data}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    ...sizes,
  )
  const port = await findFreePort()
  const settings = {
    datadir: data,
    'bind-address': '127.0.0.1',
    port,
    socket: join(folder, 'socket'),
    'pid-file': join(folder, 'pid'),
    tmpdir: folder,
    'max-connections': 300,
  }
  return startDatabaseServer({
    url: `mysql://root@127.0.0.1:${port}/`,
    folder,
    program: {
      command: SERVER,
      args: ['--no-defaults', ...sizes, ...Object.entries(settings).map(([name, value]) => `--${name}=${value}`)],
      ready: /ready for connections/,
      stopSignal: 'SIGTERM',
    },
    maker: mariadbMaker,
  })
}
