import type { EventBus } from '@parley/core'

type Listener<T> = (value: T) => void

/**
 * The bus of one process: listeners are called at once, in the order in which they subscribed. What one of
 * them throws goes to `report`; the others, and whoever published, are not held up by it.
 */
export function createMemoryBus(report: (error: unknown) => void = rethrowLater): EventBus {
  const conversations = createSubscriptions<Parameters<EventBus['publish']>[0]>(report)
  const users = createSubscriptions<Parameters<EventBus['publishToUsers']>[0]>(report)
  return {
    publish: (published) => conversations.tell(published.event.conversationId, published),
    subscribe: conversations.add,
    publishToUsers(addressed) {
      for (const userId of new Set(addressed.userIds)) users.tell(userId, addressed)
    },
    subscribeUser: (userId, listener) => users.add(userId, listener),
  }
}

/** Listeners by the key of what they listen to. */
function createSubscriptions<T>(report: (error: unknown) => void) {
  const byKey = new Map<string, Set<Listener<T>>>()
  return {
    tell(key: string, value: T): void {
      for (const listener of byKey.get(key) ?? []) {
        try {
          listener(value)
        } catch (error) {
          report(error)
        }
      }
    },

    add(key: string, listener: Listener<T>): () => void {
      const listeners = byKey.get(key) ?? new Set()
      byKey.set(key, listeners)
      // A wrapper of its own, so that the same function subscribed twice is two subscriptions.
      const subscription: Listener<T> = (value) => listener(value)
      listeners.add(subscription)
      return () => {
        listeners.delete(subscription)
        if (listeners.size === 0 && byKey.get(key) === listeners) byKey.delete(key)
      }
    },
  }
}

function rethrowLater(error: unknown): void {
  queueMicrotask(() => {
    throw error
  })
}
