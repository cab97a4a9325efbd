import type { Addressed, EventBus } from '@parley/core'

/** A bus whose events for people also go where other processes hear of them: theirs are the connections. */
export function createRelayedBus(bus: EventBus, post: (addressed: Addressed) => void): EventBus {
  return {
    publish: (published) => bus.publish(published),
    subscribe: (conversationId, listener) => bus.subscribe(conversationId, listener),
    subscribeUser: (userId, listener) => bus.subscribeUser(userId, listener),
    publishToUsers(addressed) {
      bus.publishToUsers(addressed)
      post(addressed)
    },
  }
}
