import { fork } from 'node:child_process'
import { stopChild, tailOf } from '../peers/child-process.ts'
import { type Answer, callChild, type Params } from '../remote-calls.ts'

/** Clients in a process of their own, so that their CPU time is not the server's. Disposing ends it. */
export interface ForkedLoad<Calls extends object> extends AsyncDisposable {
  /** Rejects with the child's error and the last that it printed. */
  call<Method extends keyof Calls & string>(
    method: Method,
    params: Params<Calls, Method>,
  ): Promise<Answer<Calls, Method>>
}

/** Forks the module; `who` completes "… failed" in what its calls reject with. */
export function forkLoad<Calls extends object>(module: URL, who: string): ForkedLoad<Calls> {
  const child = fork(module, { env: { PATH: process.env.PATH }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  const tail = tailOf(child)
  return {
    async call(method, params) {
      try {
        return await callChild<Calls, typeof method>(child, method, params)
      } catch (error) {
        throw new Error(`${who} failed\n${tail()}`, { cause: error })
      }
    },
    [Symbol.asyncDispose]: () => stopChild(child),
  }
}
