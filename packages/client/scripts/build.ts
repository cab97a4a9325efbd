/*
 * Builds the SDK for a plain page: dist/parley.js, one script that leaves the global `Parley`, and
 * dist/parley-voice.js, which it loads from beside itself when somebody joins voice; and dist/parley-media.js, which that
 * one runs as a worker in encrypted calls.
 *   npm run build -w packages/client
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { type BuildOptions, build, type Plugin } from 'esbuild'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Browsers of the last three years or so. */
const TARGETS = ['chrome109', 'edge109', 'firefox115', 'safari16.4']

const VOICE = join(root, 'src/voice/voice-engine.ts')
const VOICE_SCRIPT = 'parley-voice.js'
const MEDIA_WORKER = join(root, 'src/e2ee/media-cipher-worker.ts')
const MEDIA_SCRIPT = 'parley-media.js'

const common: BuildOptions = {
  bundle: true,
  platform: 'browser',
  target: TARGETS,
  conditions: ['browser', 'import'],
  define: { 'process.env.NODE_ENV': '"production"' },
  minify: true,
  sourcemap: true,
  legalComments: 'none',
  logLevel: 'warning',
}

/**
 * Leaves what it takes to talk to a script of its own. A script from another origin has no base to load it from:
 * it must remember where it came from itself.
 */
const voiceApart: Plugin = {
  name: 'voice-apart',
  setup({ onLoad }) {
    onLoad({ filter: /\/voice\/voice\.ts$/ }, async ({ path }) => {
      const [before, after, ...rest] = (await readFile(path, 'utf8')).split("import('./voice-engine.ts')")
      if (before === undefined || after === undefined || rest.length > 0)
        throw new Error(`${path} loads voice otherwise.`)
      const contents = `${before}(import(new URL('./${VOICE_SCRIPT}', scriptUrl).href) as Promise<any>)${after}
        const scriptUrl = globalThis.document?.currentScript?.src || globalThis.location?.href`
      return { contents, loader: 'ts' }
    })
  },
}

/** Errors are of one class on a page: the one of the script that is there already. */
const errorsOfThePage: Plugin = {
  name: 'errors-of-the-page',
  setup({ onLoad }) {
    onLoad({ filter: /\/parley-error\.ts$/ }, () => ({ contents: 'export const { ParleyError } = globalThis.Parley' }))
  },
}

/** Browsers run no worker from another origin, where this script mostly comes from: they run one that imports it. */
const workerBeside: Plugin = {
  name: 'worker-beside',
  setup({ onLoad }) {
    onLoad({ filter: /\/create-media-worker\.ts$/ }, () => ({
      contents: `export function createMediaWorker() {
        const code = 'import ' + JSON.stringify(new URL('./${MEDIA_SCRIPT}', import.meta.url).href)
        const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }))
        return new Worker(url, { type: 'module', name: 'parley-media' })
      }`,
    }))
  },
}

/** Writes the scripts, their source maps and compressed copies into `outDir`; resolves with the main script's path. */
export async function buildScript(outDir: string = join(root, 'dist')): Promise<string> {
  await mkdir(outDir, { recursive: true })
  const outfile = join(outDir, 'parley.js')
  const voiceFile = join(outDir, VOICE_SCRIPT)
  const mediaFile = join(outDir, MEDIA_SCRIPT)
  await Promise.all([
    build({
      ...common,
      entryPoints: [join(root, 'src/index.ts')],
      outfile,
      format: 'iife',
      globalName: 'Parley',
      plugins: [voiceApart],
    }),
    build({
      ...common,
      entryPoints: [VOICE],
      outfile: voiceFile,
      format: 'esm',
      plugins: [errorsOfThePage, workerBeside],
    }),
    build({ ...common, entryPoints: [MEDIA_WORKER], outfile: mediaFile, format: 'esm' }),
  ])
  await Promise.all([outfile, voiceFile, mediaFile].map(compress))
  return outfile
}

async function compress(path: string): Promise<void> {
  const data = await readFile(path)
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: data.length }
  await Promise.all([
    writeFile(`${path}.br`, await promisify(brotliCompress)(data, { params })),
    writeFile(`${path}.gz`, await promisify(gzip)(data, { level: 9 })),
  ])
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildScript()
