/**
 * `npm run dev`: the server, restarted when a file that it uses changes, and the web app with hot reload.
 * Arguments go to the server. Both end when this process does, or when one of them gives up.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { dirname, join } from 'node:path'

const root = dirname(import.meta.dirname)
const serverPort = process.env.PORT ?? '3010'
const webPort = process.env.WEB_PORT ?? '5173'
const webAddress = `http://localhost:${webPort}`

const children: ChildProcess[] = []
let ending = false

function end(exitCode: number): void {
  if (ending) return
  ending = true
  process.exitCode = exitCode
  for (const child of children) child.kill('SIGTERM')
}

function start(args: readonly string[], options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv }): void {
  const child = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'inherit', 'inherit'] })
  child.once('exit', (code) => end(code ?? 0))
  children.push(child)
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end(0))

start(['--watch', '--watch-preserve-output', 'packages/server/src/main.ts', ...process.argv.slice(2)], {
  cwd: root,
  env: { CORS_ORIGINS: webAddress, ...process.env },
})
start(['../../node_modules/vite/bin/vite.js', '--port', webPort, '--strictPort', '--clearScreen', 'false'], {
  cwd: join(root, 'packages/web'),
  env: { ...process.env, PARLEY_DEV_SERVER: `http://127.0.0.1:${serverPort}` },
})
