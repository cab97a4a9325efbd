import type { EventBus } from '@parley/core'
import type { Metrics } from './metrics.ts'

/** The bus, with a count of the notifications that people get. */
export function observeBus(bus: EventBus, metrics: Pick<Metrics, 'countNotifications'>): EventBus {
  return {
    publish: (published) => bus.publish(published),
    subscribe: (conversationId, listener) => bus.subscribe(conversationId, listener),
    subscribeUser: (userId, listener) => bus.subscribeUser(userId, listener),
    publishToUsers(addressed) {
      const { event, userIds } = addressed
      if (event.type === 'notification.created') metrics.countNotifications(event.notification.kind, userIds.length)
      bus.publishToUsers(addressed)
    },
  }
}
