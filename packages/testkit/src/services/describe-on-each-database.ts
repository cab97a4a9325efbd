import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe } from 'vitest'
import { isTestedOnTwoNodes } from '../tested-deployment.ts'
import type { DatabaseMaker } from './database-server.ts'
import { mariadbMaker } from './mariadb.ts'
import { postgresMaker } from './postgres.ts'
import { removeFolder } from './server-process.ts'
import { sharedServerUrl } from './shared-servers.ts'

/** The first one that asks waits until the server is made, beside all else that has just begun. */
const START_MS = 180_000

export type DatabaseKind = 'sqlite' | 'postgres' | 'mariadb'

/** An empty database, removed in the end. */
export interface TestDatabase extends AsyncDisposable {
  readonly kind: DatabaseKind
  /** As `DATABASE_URL` takes it. */
  readonly url: string
}

export type OpenTestDatabase = () => Promise<TestDatabase>

/**
 * Runs the suite on SQLite, PostgreSQL and MariaDB alike; each call of `open` gives it a database of its own.
 * In `npm run test:cluster` on PostgreSQL alone, which both nodes share.
 */
export function describeOnEachDatabase(
  name: string,
  suite: (open: OpenTestDatabase, kind: DatabaseKind) => void,
): void {
  if (!isTestedOnTwoNodes()) describe(`${name} on SQLite`, () => suite(openSqlite, 'sqlite'))
  describe(`${name} on PostgreSQL`, () => {
    beforeAll(() => sharedServerUrl('postgres'), START_MS)
    suite(openPostgres, 'postgres')
  })
  if (isTestedOnTwoNodes()) return
  describe(`${name} on MariaDB`, () => {
    beforeAll(() => sharedServerUrl('mariadb'), START_MS)
    suite(() => openOnServer('mariadb', mariadbMaker), 'mariadb')
  })
}

/** An empty database on the PostgreSQL that all tests of this run share. */
export const openPostgres: OpenTestDatabase = () => openOnServer('postgres', postgresMaker)

async function openSqlite(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-sqlite-'))
  return {
    kind: 'sqlite',
    url: `sqlite:${join(folder, 'parley.db')}`,
    [Symbol.asyncDispose]: () => removeFolder(folder),
  }
}

async function openOnServer(kind: Exclude<DatabaseKind, 'sqlite'>, maker: DatabaseMaker): Promise<TestDatabase> {
  const url = await maker.createDatabase(await sharedServerUrl(kind))
  return { kind, url, [Symbol.asyncDispose]: () => maker.dropDatabase(url) }
}
