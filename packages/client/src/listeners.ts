/** Those who want to be told of something. */
export interface Listeners<T> {
  /** Returns the way to stop listening; harmless the second time. */
  add(listener: (value: T) => void): () => void
  /** Tells each in turn. One that throws keeps nobody else from hearing it; its error is reported as uncaught. */
  tell(value: T): void
}

export function createListeners<T>(): Listeners<T> {
  const all = new Set<{ readonly listener: (value: T) => void }>()
  return {
    add(listener) {
      const entry = { listener }
      all.add(entry)
      return () => {
        all.delete(entry)
      }
    },
    tell(value) {
      for (const { listener } of [...all]) {
        try {
          listener(value)
        } catch (error) {
          report(error)
        }
      }
    },
  }
}

function report(error: unknown): void {
  if (typeof globalThis.reportError === 'function') {
    globalThis.reportError(error)
    return
  }
  // Node has no `reportError`: outside our own stack it ends where uncaught errors go.
  queueMicrotask(() => {
    throw error
  })
}
