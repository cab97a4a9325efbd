/** As much of `navigator.locks` as a page needs to know which pages still live. */
export type PageLocks = Pick<LockManager, 'request' | 'query'>

/** Says that this page lives, and which others don't. */
export interface PageLease {
  /** This page's name. */
  readonly id: string
  /** Runs `run` while no other page runs one; `isDead` answers for the pages of that moment. */
  exclusively<T>(run: (isDead: (id: string) => boolean) => Promise<T>): Promise<T>
  /** Whether that was a page of this tab, before this one. */
  wasHere(id: string): boolean
}

export interface PageLeaseOptions {
  /** What pages must agree on to know of each other. */
  readonly name: string
  /** `undefined`, as on pages without TLS: then a tab knows only of its own pages before this one. */
  readonly locks: PageLocks | undefined
  /** Remembers the page before this one in the same tab. */
  readonly tab: Pick<Storage, 'getItem' | 'setItem'> | undefined
  /** The page's life; it never ends by itself when absent. */
  readonly until?: Promise<void>
}

/** The page before this one in the same tab may take a moment to die. */
const LAST_BREATH_MS = 1000
const MAX_REMEMBERED = 20

export function createPageLease({ name, locks, tab, until }: PageLeaseOptions): PageLease {
  const id = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  )
  const lockOf = (page: string): string => `${name}.page.${page}`
  const earlier = remember()
  const isLeased = hold()

  /** The pages of this tab before this one, latest last. */
  function remember(): readonly string[] {
    try {
      const pages = (tab?.getItem(`${name}.pages`) ?? '').split(' ').filter((page) => page !== '')
      tab?.setItem(`${name}.pages`, [...pages.slice(1 - MAX_REMEMBERED), id].join(' '))
      return pages
    } catch {
      return []
    }
  }

  /** Held as long as the page lives; the browser lets go of it when the page dies, however it dies. */
  function hold(): Promise<void> {
    return new Promise((resolve) => {
      if (locks === undefined) {
        resolve()
        return
      }
      const life = until ?? new Promise<void>(() => undefined)
      locks
        .request(lockOf(id), () => {
          resolve()
          return life
        })
        .catch(() => resolve())
    })
  }

  async function awaitDeathOf(page: string, manager: PageLocks): Promise<void> {
    try {
      await manager.request(lockOf(page), { signal: AbortSignal.timeout(LAST_BREATH_MS) }, () => undefined)
    } catch {
      // It lives: the tab was duplicated.
    }
  }

  return {
    id,
    async exclusively(run) {
      if (locks === undefined) return run((page) => earlier.includes(page))
      await isLeased
      const before = earlier.at(-1)
      if (before !== undefined) await awaitDeathOf(before, locks)
      return await locks.request(`${name}.taking-over`, async () => {
        const { held = [] } = await locks.query()
        const alive = new Set(held.map((lock) => lock.name))
        return run((page) => page !== id && !alive.has(lockOf(page)))
      })
    },
    wasHere: (page) => earlier.includes(page),
  }
}
