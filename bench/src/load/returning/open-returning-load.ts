import { fork } from 'node:child_process'
import { stopChild, tailOf } from '../../peers/child-process.ts'
import { callChild } from '../../remote-calls.ts'
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
  const child = fork(new URL('./returning-load-process.ts', import.meta.url), {
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const tail = tailOf(child)
  const call = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await answer
    } catch (error) {
      throw new Error(`the clients of ${options.kind} failed\n${tail()}`, { cause: error })
    }
  }
  const load: ReturningLoad = {
    settle: () => call(callChild<ReturningLoadCalls, 'settle'>(child, 'settle', {})),
    begin: (window) => call(callChild<ReturningLoadCalls, 'begin'>(child, 'begin', window)),
    cutAll: (cut) => call(callChild<ReturningLoadCalls, 'cutAll'>(child, 'cutAll', cut)),
    cutInTurns: (cuts) => call(callChild<ReturningLoadCalls, 'cutInTurns'>(child, 'cutInTurns', cuts)),
    end: (limit) => call(callChild<ReturningLoadCalls, 'end'>(child, 'end', limit)),
    [Symbol.asyncDispose]: () => stopChild(child),
  }
  try {
    await call(callChild<ReturningLoadCalls, 'enter'>(child, 'enter', options))
  } catch (error) {
    await load[Symbol.asyncDispose]()
    throw error
  }
  return load
}
