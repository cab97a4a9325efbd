import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'
import { expect, test } from 'vitest'
import { precompress } from '../packages/web/scripts/precompress.ts'

test('the web app is compressed wherever it is built to', async () => {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'parley-build-'))
  stack.defer(() => rm(folder, { recursive: true }))
  const root = join(folder, 'app')
  const outDir = join(folder, 'elsewhere')
  await mkdir(root)
  await writeFile(join(root, 'index.html'), `<!doctype html><title>${'Parley '.repeat(100)}</title>`)
  await build({ root, configFile: false, logLevel: 'silent', plugins: [precompress()], build: { outDir } })
  expect((await readdir(outDir)).sort()).toEqual(['index.html', 'index.html.br', 'index.html.gz'])
})
