/** What is waited for comes within milliseconds. A machine that has much else to do may stand still for seconds. */
const DEFAULT_WAIT_MS = 30_000

/** What a client received, in order, with a way to wait for more. */
export interface Inbox<T> {
  /** Everything so far, taken or not. */
  readonly all: readonly T[]
  push(item: T): void
  /** Takes the first item that fits and was not taken before; waits for it if need be. */
  next(fits: (item: T) => boolean, what: string, waitMs?: number): Promise<T>
}

export function createInbox<T>(): Inbox<T> {
  const all: T[] = []
  const untaken: T[] = []
  const waiting = new Set<{ fits: (item: T) => boolean; resolve: (item: T) => void }>()
  return {
    all,
    push(item) {
      all.push(item)
      for (const waiter of waiting) {
        if (!waiter.fits(item)) continue
        waiting.delete(waiter)
        waiter.resolve(item)
        return
      }
      untaken.push(item)
    },
    next(fits, what, waitMs = DEFAULT_WAIT_MS) {
      const index = untaken.findIndex(fits)
      const found = index === -1 ? [] : untaken.splice(index, 1)
      if (found[0] !== undefined) return Promise.resolve(found[0])
      return new Promise((resolve, reject) => {
        const waiter = {
          fits,
          resolve: (item: T): void => {
            clearTimeout(timer)
            resolve(item)
          },
        }
        const timer = setTimeout(() => {
          waiting.delete(waiter)
          reject(new Error(`no ${what} within ${waitMs} ms; not taken: ${JSON.stringify(untaken).slice(0, 2000)}`))
        }, waitMs)
        waiting.add(waiter)
      })
    },
  }
}
