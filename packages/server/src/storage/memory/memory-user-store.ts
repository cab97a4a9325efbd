import type { User, UserId, UserStore } from '@parley/core'
import type { ConversationRecords } from './memory-conversation-store.ts'
import type { MemoryNotificationStore } from './memory-notification-store.ts'

/** The people of one process. */
export function createMemoryUserStore(
  records: ConversationRecords,
  notifications: Pick<MemoryNotificationStore, 'forget'>,
): UserStore {
  const users = new Map<UserId, User>()

  function change(id: UserId, changed: Partial<User>): void {
    const user = users.get(id)
    if (user) users.set(id, { ...user, ...changed })
  }

  return {
    async put({ id, name, avatar, roles }, now) {
      const unknown: User = {
        id,
        name,
        avatar,
        roles,
        status: 'online',
        customStatus: null,
        lastSeenAt: null,
        createdAt: now,
      }
      users.set(id, { ...(users.get(id) ?? unknown), name, avatar, roles })
    },

    async get(ids) {
      const found = new Map<UserId, User>()
      for (const id of ids) {
        const user = users.get(id)
        if (user) found.set(id, user)
      }
      return found
    },

    async setStatus(id, { status, customStatus }) {
      change(id, { status, customStatus })
    },

    async setLastSeen(id, lastSeenAt) {
      change(id, { lastSeenAt })
    },

    async everIn(id) {
      return [...records].filter(([, record]) => record.stay(id)).map(([conversationId]) => conversationId)
    },

    async erase(id) {
      users.delete(id)
      notifications.forget(id)
      for (const record of records.values()) record.forgetStay(id)
    },
  }
}
