/**
 * `npm run example:site`: Parley's socket server, its API process on the same database, and the example site.
 * They end together. PORT is the site's; the other two take the next ones. What is typed stops and starts the
 * socket server, to see the chat go on without it.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'

const PARLEY = 'packages/server/src/main.ts'
const SITE = 'examples/site/server/main.js'

const root = dirname(import.meta.dirname)
const sitePort = Number(process.env.PORT ?? 3000)
const [siteUrl, socketUrl, apiUrl] = [0, 1, 2].map((offset) => `http://127.0.0.1:${sitePort + offset}`)
const dataDir = process.env.DATA_DIR ?? mkdtempSync(join(tmpdir(), 'parley-example-'))
const secrets = {
  JWT_SECRET: process.env.JWT_SECRET ?? randomBytes(36).toString('base64'),
  API_KEY: process.env.API_KEY ?? randomBytes(24).toString('base64url'),
}

const children = new Set<ChildProcess>()
let ending = false

function end(exitCode: number): void {
  if (ending) return
  ending = true
  process.exitCode = exitCode
  for (const child of children) child.kill('SIGTERM')
  input.close()
}

/** Resolves when its output says that it is ready. Unless it `mayEnd`, its end is everybody's. */
function start(args: readonly string[], env: NodeJS.ProcessEnv, mayEnd = false): Promise<ChildProcess> {
  const { promise, resolve } = Promise.withResolvers<ChildProcess>()
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { PATH: process.env.PATH, ...secrets, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
    if (output.includes('ready at')) resolve(child)
  })
  child.once('exit', (code) => {
    children.delete(child)
    if (mayEnd && output.includes('ready at')) return
    if (!ending) process.stderr.write(output)
    end(code ?? 1)
  })
  children.add(child)
  return promise
}

const startSockets = (): Promise<ChildProcess> =>
  start([PARLEY], { PORT: String(sitePort + 1), DATA_DIR: dataDir, CORS_ORIGINS: siteUrl }, true)

const input = createInterface({ input: process.stdin })
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end(0))

let sockets: ChildProcess | null = await startSockets()
await start([PARLEY, '--role', 'api'], { PORT: String(sitePort + 2), DATA_DIR: dataDir, TRUST_PROXY: 'loopback' })
await start([SITE], { PORT: String(sitePort), PARLEY_URL: socketUrl, PARLEY_API_URL: apiUrl })

console.log(`
  ${siteUrl}   sign in as two people in two browsers; every password is “demo”

  Socket server  ${socketUrl}
  API process    ${apiUrl}
  Kept in        ${dataDir}

  Type “stop” and Enter to stop the socket server and see the chat go on, “start” to bring it back.
  Ctrl+C ends everything.
`)

input.on('line', async (line) => {
  if (line.trim() === 'stop' && sockets !== null) {
    sockets.kill('SIGTERM')
    sockets = null
    console.log('  The socket server is stopped: the API process carries the chat.')
  } else if (line.trim() === 'start' && sockets === null) {
    sockets = await startSockets()
    console.log('  The socket server is back.')
  }
})
