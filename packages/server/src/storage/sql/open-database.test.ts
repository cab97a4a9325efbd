import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import { describeOnEachDatabase } from '@parley/testkit/services'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { migrate } from './migrate.ts'
import { ALL_MIGRATIONS } from './migrations/all-migrations.ts'
import { openDatabase } from './open-database.ts'

const run = promisify(execFile)

/** Opens and closes the database in a process of its own. */
function openElsewhere(url: string): Promise<unknown> {
  const module = new URL('open-database.ts', import.meta.url).href
  const script = `const { openDatabase } = await import('${module}')
    await using database = await openDatabase('${url}', '.')
    await database.check()`
  return run(process.execPath, ['--input-type=module', '--eval', script])
}

describeOnEachDatabase('the database', (open, kind) => {
  test('is made by several processes that start at once, and opened again', async () => {
    await using database = await open()
    await Promise.all(Array.from({ length: 3 }, () => openElsewhere(database.url)))
    await using again = await openDatabase(database.url, '.')
    const commits = await again.read((db) => db.selectFrom('commits').selectAll().execute())
    expect(commits).toEqual([{ id: 1, number: 0, conversations: 0, members: 0 }])
  })

  test('is brought up to date by the migrations that it does not have, each once', async () => {
    await using database = await open()
    await using opened = await openDatabase(database.url, '.')
    let runs = 0
    const added = {
      number: ALL_MIGRATIONS.length + 1,
      name: 'one more',
      up: async () => {
        runs += 1
      },
    }
    const more = [...ALL_MIGRATIONS, added]
    await opened.read((db) => migrate(db, opened.dialect, more))
    await opened.read((db) => migrate(db, opened.dialect, more))
    expect(runs).toBe(1)
  })

  test('survives a migration that failed half way', async () => {
    await using database = await open()
    await using opened = await openDatabase(database.url, '.')
    let isBroken = true
    const added = {
      number: ALL_MIGRATIONS.length + 1,
      name: 'breaks once',
      up: async ({ table, column, index, types }: Parameters<(typeof ALL_MIGRATIONS)[number]['up']>[0]) => {
        await table('later', (t) => t.addColumn('id', types.key, (definition) => definition.notNull()))
        await column('later', 'number', types.number, (definition) => definition.notNull().defaultTo(0))
        if (isBroken) throw new Error('the power went out')
        await index('later_by_id', 'later', ['id'], 'unique')
      },
    }
    const more = [...ALL_MIGRATIONS, added]
    await expect(opened.read((db) => migrate(db, opened.dialect, more))).rejects.toThrow('the power went out')
    isBroken = false
    await opened.read((db) => migrate(db, opened.dialect, more))
    const tables = await opened.read((db) => db.introspection.getTables())
    const later = tables.find(({ name }) => name === 'later')
    expect(later?.columns.map(({ name }) => name)).toEqual(['id', 'number'])
  })

  test('of a newer release is refused', async () => {
    await using database = await open()
    {
      await using opened = await openDatabase(database.url, '.')
      const newer = { number: ALL_MIGRATIONS.length + 1, name: 'of tomorrow', up: async () => undefined }
      await opened.read((db) => migrate(db, opened.dialect, [...ALL_MIGRATIONS, newer]))
    }
    await expect(openDatabase(database.url, '.')).rejects.toThrow(/newer release/)
  })

  test('with tables of somebody else under our names is refused, and left as it is', async () => {
    await using database = await open()
    {
      await using opened = await openDatabase(database.url, '.')
      await opened.read((db) => db.schema.dropTable('parley_migrations').execute())
    }
    await expect(openDatabase(database.url, '.')).rejects.toThrow(/somebody else .*messages/)
  })

  test('gives the connection that changed the tables the same limits as all others', async () => {
    await using database = await open()
    await using opened = await openDatabase(database.url, '.', {
      poolSize: 1,
      statementTimeoutMs: 700,
      lockTimeoutMs: 1000,
    })
    const endless = {
      sqlite: null,
      postgres: sql`select pg_sleep(20)`,
      mariadb: sql`select count(*) from seq_1_to_1000000 as a cross join seq_1_to_1000000 as b`,
    }[kind]
    if (endless !== null)
      await expect(opened.read((db) => endless.execute(db))).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await expect
      .poll(() =>
        opened.check().then(
          () => true,
          () => false,
        ),
      )
      .toBe(true)
  })

  test(`tells keys apart by every byte (${kind})`, async () => {
    await using database = await open()
    await using opened = await openDatabase(database.url, '.')
    const keys = ['ann', 'Ann', 'ann ', 'änn', 'a\u0308nn', 'Ann ❤']
    await opened.write(async (trx) => {
      for (const user_id of keys)
        await trx.insertInto('preferences').values({ user_id, status: 'online', custom_status: null }).execute()
    })
    const rows = await opened.read((db) => db.selectFrom('preferences').select('user_id').orderBy('user_id').execute())
    const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))
    expect(rows.map(({ user_id }) => user_id)).toEqual(keys.toSorted(byBytes))
  })
})

test('a SQLite file that another process holds stops nobody from doing something else', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-held-'))
  await using _removed = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
  const path = join(folder, 'parley.db')
  await using hasty = await openDatabase(`sqlite:${path}`, '.', { lockTimeoutMs: 1500 })
  await using patient = await openDatabase(`sqlite:${path}`, '.', { lockTimeoutMs: 30_000 })
  const other = new DatabaseSync(path)
  const countBy = ({ write }: typeof hasty) => write((trx) => trx.updateTable('commits').set({ members: 1 }).execute())
  other.exec('begin immediate')
  let turns = 0
  const turning = setInterval(() => {
    turns += 1
  }, 10)
  await expect(countBy(hasty)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  // A hundred or so; whoever waits for the file without letting go comes to one or two.
  expect(turns).toBeGreaterThan(2)
  const waiting = countBy(patient)
  setTimeout(() => other.exec('rollback'), 200)
  await waiting
  clearInterval(turning)
  other.close()
})
