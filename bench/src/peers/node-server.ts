import { fork } from 'node:child_process'
import { connect } from 'node:net'
import { findFreePort } from '@parley/testkit/services'
import type { ProbeCalls } from '../probe.ts'
import { callChild } from '../remote-calls.ts'
import { stopChild, waitUntilReady } from './child-process.ts'
import type { PeerServer, PeerStart } from './peer.ts'

const PROBE = new URL('../probe.ts', import.meta.url).href

/** Whether something accepts connections on the port. */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

/** A server on Node. */
export interface NodeServer extends PeerServer {
  readonly pid: number
}

/** Starts `script` on Node with the probe in it and `PORT` in its environment. */
export async function openNodeServer(
  script: URL,
  { profileDir }: PeerStart,
  options: {
    /** Any free one when absent. */
    readonly port?: number
    readonly env?: Readonly<Record<string, string>>
    readonly ready?: (port: number) => Promise<boolean>
    readonly closed?: () => Promise<void>
  } = {},
): Promise<NodeServer> {
  const port = options.port ?? (await findFreePort())
  const profile = profileDir === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`]
  const child = fork(script, {
    execArgv: ['--expose-gc', '--import', PROBE, ...profile],
    env: { PATH: process.env.PATH, PORT: String(port), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const close = async (): Promise<void> => {
    await stopChild(child)
    await options.closed?.()
  }
  try {
    await waitUntilReady(child, () => (options.ready ?? accepts)(port))
  } catch (error) {
    await close()
    throw error
  }
  return {
    port,
    pid: child.pid ?? 0,
    cpuMicros: async () => (await callChild<ProbeCalls, 'usage'>(child, 'usage', { collect: false })).cpuMicros,
    memory: () => callChild<ProbeCalls, 'usage'>(child, 'usage', { collect: true }),
    [Symbol.asyncDispose]: close,
  }
}
