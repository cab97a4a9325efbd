import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

const STOP_TIMEOUT_MS = 10_000
const KEPT_OUTPUT = 4000

/** Keeps the last output of a child, to be shown when it fails. */
export function tailOf(child: ChildProcess): () => string {
  let tail = ''
  const keep = (chunk: Buffer): void => {
    tail = (tail + chunk.toString()).slice(-KEPT_OUTPUT)
  }
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  return () => tail
}

/** Resolves when `ready` says so; rejects with the child's last output when it ends, or when `timeoutMs` has passed. */
export async function waitUntilReady(
  child: ChildProcess,
  ready: () => Promise<boolean>,
  timeoutMs = 120_000,
): Promise<void> {
  const tail = tailOf(child)
  const giveUpAt = performance.now() + timeoutMs
  while (!(await ready().catch(() => false))) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the server ended:\n${tail()}`)
    if (performance.now() > giveUpAt) throw new Error(`the server was not ready after ${timeoutMs} ms:\n${tail()}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Ends the child in an orderly way, and by force when that takes too long. */
export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
  await ended
  clearTimeout(timer)
}
