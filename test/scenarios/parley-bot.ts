import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createRestApi } from '@parley/client'
import { onTestFinished } from 'vitest'

const BIN = join(import.meta.dirname, '../../packages/bot/bin/parley-bot.mjs')

/** A program that runs, and what it has said so far. */
export interface Running {
  readonly out: () => string
  readonly error: () => string
  /** As Ctrl+C. Resolves with the exit code. */
  interrupt(): Promise<unknown>
  readonly ended: Promise<unknown>
}

/** Starts a script on this Node, for the test that asks: it is ended with it at the latest. */
export function startScript(script: string, ...args: string[]): Running {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let error = ''
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    error += chunk.toString()
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const ended = once(child, 'close').then(([code]: unknown[]) => code)
  return {
    out: () => out,
    error: () => error,
    ended,
    interrupt() {
      child.kill('SIGINT')
      return ended
    },
  }
}

/** The command as a person starts it. */
export const startBot = (...args: string[]): Running => startScript(BIN, ...args)

/** Runs it to its end. */
export async function runBot(...args: string[]) {
  const { ended, out, error } = startBot(...args)
  return { code: await ended, out: out(), error: error() }
}

/** Makes a room, as a page does. */
export async function createRoom(
  url: string,
  change: { readonly password?: string; readonly lobby?: boolean; readonly encrypted?: boolean } = {},
) {
  const { roomId, token } = await createRestApi({ url }).createRoom({
    name: 'Stand-up',
    duration: 15,
    hostName: 'Host',
    ...change,
  })
  return { roomId, token, link: `${url}/r/${roomId}` }
}
