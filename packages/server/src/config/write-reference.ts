import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { REFERENCE_FILES, REPOSITORY } from './reference-files.ts'

for (const { path, content } of REFERENCE_FILES) {
  const target = join(REPOSITORY, path)
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, content())
}
