import { fork } from 'node:child_process'
import { stopChild, tailOf } from '../peers/child-process.ts'
import { callChild } from '../remote-calls.ts'
import type { LoadCalls, LoadResult, ProtocolName } from './load-process.ts'

/** The clients of one server, in a process of their own so that their CPU time is not the server's. */
export interface Load extends AsyncDisposable {
  connect(): Promise<void>
  join(): Promise<void>
  settle(): Promise<void>
  run(options: { perSecond: number; seconds: number; seed: number; drainTimeoutMs: number }): Promise<LoadResult>
  leave(): Promise<void>
}

/** Starts the clients' process and makes each of them what it needs to connect; none connects yet. */
export async function openLoad(options: {
  readonly protocol: ProtocolName
  readonly port: number
  readonly people: number
  readonly rooms: number
  /** The address that they come from. */
  readonly from?: string
}): Promise<Load> {
  const child = fork(new URL('./load-process.ts', import.meta.url), {
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const tail = tailOf(child)
  const call = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await answer
    } catch (error) {
      throw new Error(`the clients of ${options.protocol} failed\n${tail()}`, { cause: error })
    }
  }
  const load: Load = {
    connect: () => call(callChild<LoadCalls, 'connect'>(child, 'connect', {})),
    join: () => call(callChild<LoadCalls, 'join'>(child, 'join', {})),
    settle: () => call(callChild<LoadCalls, 'settle'>(child, 'settle', {})),
    run: (window) => call(callChild<LoadCalls, 'run'>(child, 'run', window)),
    leave: () => call(callChild<LoadCalls, 'leave'>(child, 'leave', {})),
    [Symbol.asyncDispose]: () => stopChild(child),
  }
  try {
    await call(callChild<LoadCalls, 'prepare'>(child, 'prepare', options))
  } catch (error) {
    await load[Symbol.asyncDispose]()
    throw error
  }
  return load
}
