import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { describeOnEachDatabase } from '@parley/testkit/services'
import { expect, test } from 'vitest'
import { openDatabase } from './open-database.ts'
import { schemaReference } from './schema-reference.ts'

const PAGE = fileURLToPath(new URL('../../../../../docs/reference/database.md', import.meta.url))

describeOnEachDatabase('the reference of the tables', (open, kind) => {
  test('names every column that there is, and no other', async () => {
    await using testDatabase = await open()
    await using database = await openDatabase(testDatabase.url, '.')
    const page = await database.read(schemaReference)
    // Names of types are the database's own; the page is made from SQLite's.
    if (kind === 'sqlite') expect(page, 'npm run reference -w packages/server').toBe(await readFile(PAGE, 'utf8'))
    else expect(page).toContain('## messages')
  })

  test('gives an example that works', async () => {
    await using testDatabase = await open()
    await using database = await openDatabase(testDatabase.url, '.')
    const [, example = ''] = /```sql\n([^`]+)```/.exec(await readFile(PAGE, 'utf8')) ?? []
    const { rows } = await database.read((db) =>
      db.executeQuery({ ...db.selectFrom('users').compile(), sql: example, parameters: [] }),
    )
    expect(rows).toEqual([])
  })
})
