import type { OpenTestDatabase } from '@parley/testkit/services'
import type { Kysely } from 'kysely'
import { afterAll } from 'vitest'
import { openDatabase, type SqlDatabase } from './open-database.ts'
import type { Tables } from './schema.ts'

/** A database that was empty when it was lent. Disposing gives it back, emptied for whoever comes next. */
interface LentDatabase extends AsyncDisposable {
  readonly database: SqlDatabase
}

/**
 * Lends empty databases, two at once when two are asked for: to empty one takes a hundredth of what it takes to
 * make one, and the contract suites want hundreds. For use in a `describe`, whose end removes them.
 */
export function emptiedDatabases(openTestDatabase: OpenTestDatabase): () => Promise<LentDatabase> {
  const all = new AsyncDisposableStack()
  const free: Emptied[] = []
  afterAll(() => all.disposeAsync())

  async function make(): Promise<Emptied> {
    const { url } = all.use(await openTestDatabase())
    const database = all.use(await openDatabase(url, '.'))
    const tables = await database.read((db) => db.introspection.getTables())
    const names = tables.map(({ name }) => name as keyof Tables | 'parley_migrations')
    return { database, filled: names.filter((name) => name !== 'parley_migrations' && name !== 'commits') }
  }
  return async () => {
    const emptied = free.pop() ?? (await make())
    return {
      database: emptied.database,
      async [Symbol.asyncDispose]() {
        await emptied.database.write((db) => empty(db, emptied.filled))
        free.push(emptied)
      },
    }
  }
}

interface Emptied {
  readonly database: SqlDatabase
  /** Those in which the migrations leave nothing. */
  readonly filled: readonly (keyof Tables)[]
}

/** As the migrations leave it. */
async function empty(db: Kysely<Tables>, filled: Emptied['filled']): Promise<void> {
  for (const name of filled) await db.deleteFrom(name).execute()
  await db.updateTable('commits').set({ number: 0, conversations: 0, members: 0 }).execute()
}
