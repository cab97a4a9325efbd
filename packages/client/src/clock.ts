/** Time, as the SDK sees it. Tests bring their own. */
export interface Clock {
  /** Unix milliseconds of this device. */
  now(): number
  setTimeout(run: () => void, ms: number): unknown
  clearTimeout(timer: unknown): void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (run, ms) => globalThis.setTimeout(run, ms),
  clearTimeout: (timer) => globalThis.clearTimeout(timer as ReturnType<typeof globalThis.setTimeout>),
}

/** The longest wait that browsers and Node can time; more would fire at once. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1

/** One thing to do later: setting it again replaces what was set. */
export interface Timer {
  readonly isSet: boolean
  set(ms: number, run: () => void): void
  clear(): void
}

export function createTimer(clock: Clock): Timer {
  let pending: { readonly timer: unknown } | null = null
  const clear = (): void => {
    if (pending !== null) clock.clearTimeout(pending.timer)
    pending = null
  }
  return {
    get isSet() {
      return pending !== null
    },
    set(ms, run) {
      clear()
      const fire = (): void => {
        pending = null
        run()
      }
      pending = { timer: clock.setTimeout(fire, Math.min(Math.max(0, ms), MAX_TIMEOUT_MS)) }
    },
    clear,
  }
}
