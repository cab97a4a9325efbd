import { setTimeout as sleep } from 'node:timers/promises'
import { measureReturns, type ReturnRow, type ReturnsOptions } from './returns.ts'

export interface StormOptions extends ReturnsOptions {
  /** So long messages flow before the cut. Those who have seen none can't be recovered by Socket.IO. */
  readonly calmSeconds: number
}

/** Cuts everybody off at once, and waits until the last one is back and whole. */
export const measureStorm = (options: StormOptions, tell: (line: string) => void): Promise<ReturnRow[]> =>
  measureReturns(
    options,
    async (load) => {
      await sleep(options.calmSeconds * 1000)
      await load.cutAll({ awayMs: 0 })
    },
    tell,
  )
