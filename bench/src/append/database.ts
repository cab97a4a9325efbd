import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startMariadb, startPostgres } from '@parley/testkit/services'
import type { BareDriver } from './bare-driver.ts'
import { openBareMariadb, openBarePostgres, openBareSqlite } from './bare-driver.ts'

export const DATABASE_KINDS = ['sqlite', 'postgres', 'mariadb'] as const
export type DatabaseKind = (typeof DATABASE_KINDS)[number]

export const DATABASE_LABELS: Record<DatabaseKind, string> = {
  sqlite: 'SQLite',
  postgres: 'PostgreSQL',
  mariadb: 'MariaDB',
}

/** An empty database, as durable as in production, and its bare driver. */
export interface BenchDatabase extends AsyncDisposable {
  readonly url: string
  openDriver(): Promise<BareDriver>
}

export async function openBenchDatabase(kind: DatabaseKind): Promise<BenchDatabase> {
  if (kind === 'sqlite') {
    const folder = await mkdtemp(join(tmpdir(), 'parley-bench-'))
    const path = join(folder, 'parley.db')
    return {
      url: `sqlite:${path}`,
      openDriver: () => openBareSqlite(path),
      [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
    }
  }
  const server = await (kind === 'postgres' ? startPostgres() : startMariadb())
  const url = await server.freshDatabase()
  return {
    url,
    openDriver: () => (kind === 'postgres' ? openBarePostgres(url) : openBareMariadb(url)),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}
