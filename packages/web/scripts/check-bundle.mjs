// Fails when a page's compressed JavaScript is over its budget. Run after a build:
//   node packages/web/scripts/check-bundle.mjs
import { readFile } from 'node:fs/promises'
import { brotliCompressSync, gzipSync } from 'node:zlib'

const dist = new URL('../dist/', import.meta.url)
const kilobyte = 1000

/** Pages by the modules that they need to be used: what these import statically counts, and what they load by themselves. */
const pages = [
  {
    name: 'start page, with the form that creates a room',
    modules: ['index.html', 'src/features/create/create-dialog.tsx'],
    maxBytes: 120 * kilobyte,
  },
  { name: 'room', modules: ['index.html', 'src/features/room/room-page.tsx'], maxBytes: 200 * kilobyte },
]

/** Every file that loading `modules` fetches, following static imports. */
function filesOf(manifest, modules) {
  const files = new Set()
  const visit = (key) => {
    const chunk = manifest[key]
    if (chunk === undefined) throw new Error(`The build has no chunk for ${key}.`)
    if (files.has(chunk.file)) return
    files.add(chunk.file)
    for (const imported of chunk.imports ?? []) visit(imported)
  }
  for (const module of modules) visit(module)
  return [...files].filter((file) => file.endsWith('.js'))
}

async function sizesOf(files) {
  let brotli = 0
  let gzip = 0
  for (const file of files) {
    const data = await readFile(new URL(file, dist))
    brotli += brotliCompressSync(data).length
    gzip += gzipSync(data, { level: 9 }).length
  }
  return { brotli, gzip }
}

const inKilobytes = (bytes) => `${(bytes / kilobyte).toFixed(1)} kB`

const manifest = JSON.parse(await readFile(new URL('.vite/manifest.json', dist), 'utf8'))
for (const { name, modules, maxBytes } of pages) {
  const { brotli, gzip } = await sizesOf(filesOf(manifest, modules))
  const isOver = gzip > maxBytes
  console.log(
    `${isOver ? 'over' : 'ok  '}  ${name}: ${inKilobytes(gzip)} gzip, ${inKilobytes(brotli)} brotli, budget ${inKilobytes(maxBytes)}`,
  )
  if (isOver) process.exitCode = 1
}
