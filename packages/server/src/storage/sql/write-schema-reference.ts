import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openDatabase } from './open-database.ts'
import { schemaReference } from './schema-reference.ts'

const PAGE = fileURLToPath(new URL('../../../../../docs/reference/database.md', import.meta.url))

const folder = await mkdtemp(join(tmpdir(), 'parley-reference-'))
{
  await using database = await openDatabase(null, folder)
  await writeFile(PAGE, await database.read(schemaReference))
}
await rm(folder, { recursive: true })
