import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runInNewContext } from 'node:vm'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { buildScript } from '../scripts/build.ts'

/** What a page has to load for the whole SDK, compressed; and for voice, when somebody joins. Raise them with a reason. */
const MAX_GZIP_BYTES = 44_000
const MAX_VOICE_GZIP_BYTES = 14_000

async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), 'parley-sdk-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

test('one script leaves one global, within its budget, and can be read in a debugger', async () => {
  await using folder = await temporaryFolder()
  const outfile = await buildScript(folder.path)
  const script = await readFile(outfile, 'utf8')
  const names: unknown = runInNewContext(`${script};Object.keys(Parley)`, { URL, TextEncoder })
  expect(names).toEqual(
    expect.arrayContaining(['ChatManager', 'ParleyClient', 'ParleyError', 'createIndexedDbOutbox', 'createRestApi']),
  )
  expect((await readFile(`${outfile}.gz`)).length).toBeLessThan(MAX_GZIP_BYTES)
  const voiceFile = join(folder.path, 'parley-voice.js')
  expect((await readFile(`${voiceFile}.gz`)).length).toBeLessThan(MAX_VOICE_GZIP_BYTES)
  expect(script).toMatch(/import\(new URL\("\.\/parley-voice\.js"/)
  expect(await readFile(voiceFile, 'utf8')).toContain('./parley-media.js')
  expect((await readFile(join(folder.path, 'parley-media.js.gz'))).length).toBeGreaterThan(0)
  expect(script).toContain('//# sourceMappingURL=parley.js.map')
  const { sources } = JSON.parse(await readFile(`${outfile}.map`, 'utf8')) as { sources: string[] }
  expect(sources.some((source) => source.endsWith('src/chat-manager.ts'))).toBe(true)
  expect(sources.some((source) => /voice-engine|mesh-peer/.test(source))).toBe(false)
  // The protocol's schemas stay on the server.
  expect(sources.filter((source) => /\/zod\/|protocol\/src\/(common|messenger|rooms|site)/.test(source))).toEqual([])
})

test('who imports one thing gets no more than that', async () => {
  const { metafile } = await build({
    stdin: {
      contents: "import { createRestApi } from '@parley/client'; console.log(createRestApi)",
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
    },
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
  })
  const [output] = Object.values(metafile.outputs)
  const used = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0)
  const names = used.map(([path]) => path)
  expect(names.some((path) => path.endsWith('rest-api.ts'))).toBe(true)
  expect(names.filter((path) => /socket\.io|engine\.io|zod|chat-manager|indexed-db/.test(path))).toEqual([])
})
