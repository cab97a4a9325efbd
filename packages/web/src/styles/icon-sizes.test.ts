import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const sources = join(import.meta.dirname, '..')

test('no icon has a size in px: with larger text it grows as the words beside it do', () => {
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.tsx'))
  const code = files.map((file) => readFileSync(join(sources, file), 'utf8')).join('')
  expect(code.match(/<\w+[^<>]* size=\{\d+\}/g)).toBeNull()
})
