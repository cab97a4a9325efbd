import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from './deploy-files.ts'

const page = (path: string): string => readFileSync(join(ROOT, 'docs', path), 'utf8')
const reference = page('reference/configuration.md')

/** The numbers of a setting's default, in the order in which its rows come: the rooms wire has its own for messages. */
function defaultsOf(setting: string): readonly number[] {
  const [, cell = ''] = new RegExp(`^\\| \`${setting}\` \\| [^|]+ \\| ([^|]+) \\|`, 'm').exec(reference) ?? []
  return (cell.match(/\d+/g) ?? []).map(Number)
}

test('how often a user may do what is told as it is by default', () => {
  const rows = [...page('protocols/README.md').matchAll(/^\| .+ \| (\d+) in (10 s|a minute).* \| `(\w+)_MAX` \|$/gm)]
  expect(rows.length).toBeGreaterThan(10)
  const before = new Map<string, number>()
  for (const [row, points, window, name = ''] of rows) {
    const nth = before.get(name) ?? 0
    before.set(name, nth + 1)
    const [most, windowMs] = [`${name}_MAX`, `${name}_WINDOW`].map((setting) => {
      const defaults = defaultsOf(setting)
      return defaults[nth] ?? defaults[0]
    })
    expect(Number(points), row).toBe(most)
    expect(window === '10 s' ? 10_000 : 60_000, row).toBe(windowMs)
  }
})
