import { execFileSync } from 'node:child_process'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { type DatabaseServer, describeOnEachDatabase, findPostgres, startMariadb, startPostgres } from './index.ts'

const START_MS = 180_000
const ANSWER_MS = 30_000
/** Nothing comes of one that is frozen, however long it is waited for. */
const FROZEN_MS = 2000

function ask(url: string, statement: string, timeout = ANSWER_MS): string {
  const { protocol, hostname, port, username, pathname } = new URL(url)
  const [command, ...args] =
    protocol === 'postgres:'
      ? [`${findPostgres()}/psql`, '--tuples-only', '--dbname', url, '--command', statement]
      : [
          ...['mariadb', '--no-defaults', '--protocol=tcp', `--host=${hostname}`, `--port=${port}`],
          ...[`--user=${username}`, '--skip-column-names', pathname.slice(1), '--execute', statement],
        ]
  return execFileSync(command as string, args, { encoding: 'utf8', timeout, stdio: 'pipe' }).trim()
}

const isListening = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })

test.each<[string, () => Promise<DatabaseServer>]>([
  ['PostgreSQL', startPostgres],
  ['MariaDB', startMariadb],
])(
  'a server of %s can be ended, killed and frozen, and keeps what it has',
  async (_, start) => {
    await using server = await start()
    const url = await server.freshDatabase()
    ask(url, 'create table notes (id int)')
    for (const end of [() => server.stop(), () => server.kill()]) {
      ask(url, 'insert into notes values (1)')
      await end()
      expect(await isListening(url)).toBe(false)
      await server.start()
    }
    expect(ask(url, 'select count(*) from notes')).toBe('2')

    await server.pause()
    expect(() => ask(url, 'select 1', FROZEN_MS)).toThrow('ETIMEDOUT')
    server.resume()
    expect(ask(url, 'select 1')).toBe('1')
  },
  START_MS,
)

describeOnEachDatabase('a test database', (open, kind) => {
  test('is empty, and another one each time', { timeout: START_MS }, async () => {
    await using one = await open()
    await using other = await open()
    expect(one.kind).toBe(kind)
    expect(one.url).not.toBe(other.url)
    if (kind === 'sqlite') return
    ask(one.url, 'create table notes (id int)')
    expect(ask(one.url, 'select count(*) from notes')).toBe('0')
    expect(() => ask(other.url, 'select count(*) from notes')).toThrow(/exist/)
  })
})
