import type { EventBus } from '@parley/core'
import type { Metrics } from './metrics.ts'

/** The bus, with a count of what goes in and comes out, and of the notifications that people get. */
export function observeBus(bus: EventBus, metrics: Pick<Metrics, 'countBus' | 'countNotifications'>): EventBus {
  const received =
    <T>(listener: (value: T) => void) =>
    (value: T): void => {
      metrics.countBus('received')
      listener(value)
    }
  return {
    publish(published) {
      metrics.countBus('published')
      bus.publish(published)
    },
    subscribe: (conversationId, listener, missed) => bus.subscribe(conversationId, received(listener), missed),
    subscribeUser: (userId, listener, missed) => bus.subscribeUser(userId, received(listener), missed),
    publishToUsers(addressed) {
      const { event, userIds } = addressed
      metrics.countBus('published')
      if (event.type === 'notification.created') metrics.countNotifications(event.notification.kind, userIds.length)
      bus.publishToUsers(addressed)
    },
  }
}
