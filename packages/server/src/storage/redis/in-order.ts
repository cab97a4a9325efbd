/** Lets what came of one room in the same moment resolve in the order of its revs. */
export interface InOrder {
  /** Resolves with the answer. */
  take<T>(key: string, rev: number, answer: T): Promise<T>
}

/**
 * Redis answers in the order in which it did things. But answers read from the socket together go different ways until
 * they are here, and one that took longer may have been done first: so they wait for the end of the event loop's turn.
 */
export function createInOrder(): InOrder {
  let waiting = new Map<string, { readonly rev: number; readonly settle: () => void }[]>()

  function settleAll(): void {
    const all = waiting
    waiting = new Map()
    for (const ofKey of all.values()) {
      ofKey.sort((one, other) => one.rev - other.rev)
      for (const { settle } of ofKey) settle()
    }
  }

  return {
    take(key, rev, answer) {
      if (waiting.size === 0) setImmediate(settleAll)
      const { promise, resolve } = Promise.withResolvers<typeof answer>()
      const ofKey = waiting.get(key) ?? []
      waiting.set(key, ofKey)
      ofKey.push({ rev, settle: () => resolve(answer) })
      return promise
    },
  }
}
