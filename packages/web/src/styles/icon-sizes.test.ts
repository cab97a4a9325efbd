import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const sources = join(import.meta.dirname, '..')
const css = readFileSync(join(import.meta.dirname, 'base.css'), 'utf8')

test('every size in which an icon is drawn grows with the text', () => {
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.tsx'))
  const code = files.map((file) => readFileSync(join(sources, file), 'utf8')).join('')
  const sizes = new Set(Array.from(code.matchAll(/ size=\{(\d+)\}/g), ([, size]) => Number(size)))
  expect(sizes.size).toBeGreaterThan(5)
  for (const size of sizes) {
    const rem = `${size / 16}rem`
    expect(css).toContain(`svg.lucide[width="${size}"] {\n    width: ${rem};\n    height: ${rem};\n  }`)
  }
})
