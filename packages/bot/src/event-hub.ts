/** Listeners of several events, each with data of its own. */
export interface EventHub<Events> {
  /** Returns the way to stop listening. */
  on<E extends keyof Events>(event: E, listener: (data: Events[E]) => void): () => void
  /** Tells each in turn. What one throws is its own affair, and reported as uncaught. */
  tell<E extends keyof Events>(event: E, data: Events[E]): void
}

export function createEventHub<Events>(): EventHub<Events> {
  const all = new Map<keyof Events, Set<(data: never) => void>>()
  return {
    on(event, listener) {
      const listeners = all.get(event) ?? new Set()
      all.set(event, listeners)
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    tell(event, data) {
      for (const listener of [...(all.get(event) ?? [])]) {
        try {
          ;(listener as (data: Events[typeof event]) => void)(data)
        } catch (error) {
          queueMicrotask(() => {
            throw error
          })
        }
      }
    },
  }
}
