import { forkLoad } from '../fork-load.ts'
import type { ReturningLoadCalls, ReturningLoadOptions, ReturnResult } from './returning-load-process.ts'

/** Clients of one server that come back, in a process of their own, all of them in their rooms. */
export interface ReturningLoad extends AsyncDisposable {
  settle(): Promise<void>
  begin(window: { perSecond: number; seed: number }): Promise<void>
  cutAll(options: { awayMs: number }): Promise<void>
  cutInTurns(options: { everyMs: number; awayMs: number; seconds: number }): Promise<void>
  end(options: { timeoutMs: number }): Promise<ReturnResult>
}

/** Resolves when everybody is in. */
export async function openReturningLoad(options: ReturningLoadOptions): Promise<ReturningLoad> {
  const child = forkLoad<ReturningLoadCalls>(
    new URL('./returning-load-process.ts', import.meta.url),
    `the clients of ${options.kind}`,
  )
  const load: ReturningLoad = {
    settle: () => child.call('settle', {}),
    begin: (window) => child.call('begin', window),
    cutAll: (cut) => child.call('cutAll', cut),
    cutInTurns: (cuts) => child.call('cutInTurns', cuts),
    end: (limit) => child.call('end', limit),
    [Symbol.asyncDispose]: child[Symbol.asyncDispose],
  }
  try {
    await child.call('enter', options)
  } catch (error) {
    await load[Symbol.asyncDispose]()
    throw error
  }
  return load
}
