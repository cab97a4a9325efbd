import { measureReturns, type ReturnRow, type ReturnsOptions } from './returns.ts'

export interface JitterOptions extends ReturnsOptions {
  readonly everyMs: number
  readonly awayMs: number
  readonly seconds: number
}

/** Cuts each client off every so often, for a while, at times of its own. */
export const measureJitter = (options: JitterOptions, tell: (line: string) => void): Promise<ReturnRow[]> =>
  measureReturns(
    options,
    async (load) => {
      const { everyMs, awayMs, seconds } = options
      await load.cutInTurns({ everyMs, awayMs, seconds })
    },
    tell,
  )
