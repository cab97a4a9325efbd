/*
 * Builds the SDK for a plain page: dist/parley.js, one script that leaves the global `Parley`.
 *   npm run build -w packages/client
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { build } from 'esbuild'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Browsers of the last three years or so. */
const TARGETS = ['chrome109', 'edge109', 'firefox115', 'safari16.4']

/** Writes the script, its source map and compressed copies into `outDir`; resolves with the script's path. */
export async function buildScript(outDir: string = join(root, 'dist')): Promise<string> {
  await mkdir(outDir, { recursive: true })
  const outfile = join(outDir, 'parley.js')
  await build({
    entryPoints: [join(root, 'src/index.ts')],
    outfile,
    bundle: true,
    format: 'iife',
    globalName: 'Parley',
    platform: 'browser',
    target: TARGETS,
    conditions: ['browser', 'import'],
    define: { 'process.env.NODE_ENV': '"production"' },
    minify: true,
    sourcemap: true,
    legalComments: 'none',
    logLevel: 'warning',
  })
  await compress(outfile)
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
