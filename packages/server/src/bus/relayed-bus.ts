import type { Addressed, EventBus, Published } from '@parley/core'

/**
 * A bus whose events for people, and how far members have got, also go where other processes hear of them: theirs
 * are the connections. Durable events they find in the store.
 */
export function createRelayedBus(bus: EventBus, post: (told: Addressed | Published) => void): EventBus {
  return {
    publish(published) {
      bus.publish(published)
      if (published.event.type === 'receipt.moved') post(published)
    },
    subscribe: (conversationId, listener, missed) => bus.subscribe(conversationId, listener, missed),
    subscribeUser: (userId, listener, missed) => bus.subscribeUser(userId, listener, missed),
    publishToUsers(addressed) {
      bus.publishToUsers(addressed)
      post(addressed)
    },
  }
}
