import type { ConversationId, EventBus, Published } from '@parley/core'

type Listener = (published: Published) => void

/**
 * The bus of one process: listeners are called at once, in the order in which they subscribed. What one of
 * them throws goes to `report`; the others, and whoever published, are not held up by it.
 */
export function createMemoryBus(report: (error: unknown) => void = rethrowLater): EventBus {
  const listenersByConversation = new Map<ConversationId, Set<Listener>>()

  return {
    publish(published) {
      const listeners = listenersByConversation.get(published.event.conversationId)
      if (listeners === undefined) return
      for (const listener of listeners) {
        try {
          listener(published)
        } catch (error) {
          report(error)
        }
      }
    },

    subscribe(conversationId, listener) {
      const listeners = listenersByConversation.get(conversationId) ?? new Set()
      listenersByConversation.set(conversationId, listeners)
      // A wrapper of its own, so that the same function subscribed twice is two subscriptions.
      const subscription: Listener = (published) => listener(published)
      listeners.add(subscription)
      return () => {
        listeners.delete(subscription)
        if (listeners.size === 0 && listenersByConversation.get(conversationId) === listeners)
          listenersByConversation.delete(conversationId)
      }
    },
  }
}

function rethrowLater(error: unknown): void {
  queueMicrotask(() => {
    throw error
  })
}
