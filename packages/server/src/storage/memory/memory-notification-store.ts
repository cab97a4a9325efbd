import type { Notification, NotificationChoice, NotificationId, NotificationStore, UserId } from '@parley/core'

/** What waits for users, in memory. `keep` is `add` for those who write in one step with something else. */
export interface MemoryNotificationStore extends NotificationStore {
  keep(notifications: readonly Notification[]): void
  forget(userId: UserId): void
}

export function createMemoryNotificationStore(): MemoryNotificationStore {
  const waiting = new Map<UserId, Map<NotificationId, Notification>>()
  const of = (userId: UserId): ReadonlyMap<NotificationId, Notification> => waiting.get(userId) ?? new Map()

  function keep(notifications: readonly Notification[]): void {
    for (const notification of notifications) {
      const known = waiting.get(notification.userId) ?? new Map<NotificationId, Notification>()
      waiting.set(notification.userId, known)
      if (!known.has(notification.id)) known.set(notification.id, notification)
    }
  }

  return {
    keep,
    forget(userId) {
      waiting.delete(userId)
    },

    async add(notifications) {
      keep(notifications)
    },

    async pending(userId, limit) {
      const oldestFirst = [...of(userId).values()].sort((a, b) => a.createdAt - b.createdAt)
      return oldestFirst.slice(Math.max(0, oldestFirst.length - limit))
    },

    async count(userId) {
      return of(userId).size
    },

    async clear(userId, choice) {
      const cleared = [...of(userId).values()].filter((one) => isChosen(one, choice)).map(({ id }) => id)
      for (const id of cleared) waiting.get(userId)?.delete(id)
      if (of(userId).size === 0) waiting.delete(userId)
      return cleared
    },
  }
}

function isChosen({ id, conversationId, seq }: Notification, choice: NotificationChoice): boolean {
  if (choice === 'all') return true
  if ('ids' in choice) return choice.ids.includes(id)
  return conversationId === choice.conversationId && seq !== null && seq <= choice.upTo
}
