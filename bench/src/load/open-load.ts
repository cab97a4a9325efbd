import { forkLoad } from './fork-load.ts'
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
  const child = forkLoad<LoadCalls>(new URL('./load-process.ts', import.meta.url), `the clients of ${options.protocol}`)
  const load: Load = {
    connect: () => child.call('connect', {}),
    join: () => child.call('join', {}),
    settle: () => child.call('settle', {}),
    run: (window) => child.call('run', window),
    leave: () => child.call('leave', {}),
    [Symbol.asyncDispose]: child[Symbol.asyncDispose],
  }
  try {
    await child.call('prepare', options)
  } catch (error) {
    await load[Symbol.asyncDispose]()
    throw error
  }
  return load
}
