/**
 * `npm run example:site`: Parley's socket server, its API process on the same database, and the example site,
 * which end together. PORT is the site's; the other two take the next ones.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const root = dirname(import.meta.dirname)
const sitePort = Number(process.env.PORT ?? 3000)
const siteUrl = `http://127.0.0.1:${sitePort}`
const socketUrl = `http://127.0.0.1:${sitePort + 1}`
const apiUrl = `http://127.0.0.1:${sitePort + 2}`
const dataDir = process.env.DATA_DIR ?? mkdtempSync(join(tmpdir(), 'parley-example-'))
const secrets = {
  JWT_SECRET: process.env.JWT_SECRET ?? randomBytes(36).toString('base64'),
  API_KEY: process.env.API_KEY ?? randomBytes(24).toString('base64url'),
}

const children: ChildProcess[] = []
let ending = false

function end(exitCode: number): void {
  if (ending) return
  ending = true
  process.exitCode = exitCode
  for (const child of children) child.kill('SIGTERM')
}

/** Resolves when its output says that it is ready; ends everything when it ends. */
function start(args: readonly string[], env: Record<string, string>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { PATH: process.env.PATH, ...secrets, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  child.stdout.on('data', (chunk: Buffer) => {
    if (/ready at/.test(chunk.toString())) resolve()
  })
  child.once('exit', (code) => end(code ?? 0))
  children.push(child)
  return promise
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end(0))

const parley = 'packages/server/src/main.ts'
// One after the other: the first makes the tables.
await start([parley], { PORT: String(sitePort + 1), DATA_DIR: dataDir, CORS_ORIGINS: siteUrl })
await start([parley, '--role', 'api'], { PORT: String(sitePort + 2), DATA_DIR: dataDir, TRUST_PROXY: 'loopback' })
await start(['examples/site/server/main.js'], { PORT: String(sitePort), PARLEY_URL: socketUrl, PARLEY_API_URL: apiUrl })

console.log(`
  The site       ${siteUrl}   sign in as two people in two browsers; every password is “demo”
  Socket server  ${socketUrl}
  API process    ${apiUrl}
  Kept in        ${dataDir}

  Stop the socket server (pid ${children[0]?.pid}) and see the chat go on. Ctrl+C ends everything.
`)
