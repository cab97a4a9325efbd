import type { ConversationId, Lease, Millis, PresenceStore, SessionId, UserId } from '@parley/core'

type LeasesOfUser = Map<SessionId, Millis>

/** The leases of one process's sessions. */
export function createMemoryPresenceStore(): PresenceStore {
  const conversations = new Map<ConversationId, Map<UserId, LeasesOfUser>>()

  function put({ conversationId, userId, sessionId }: Lease, until: Millis): { wasUser: boolean; wasLease: boolean } {
    const users = conversations.get(conversationId) ?? new Map<UserId, LeasesOfUser>()
    conversations.set(conversationId, users)
    const leases = users.get(userId)
    const wasLease = leases?.has(sessionId) ?? false
    if (leases === undefined) users.set(userId, new Map([[sessionId, until]]))
    else leases.set(sessionId, until)
    return { wasUser: leases !== undefined, wasLease }
  }

  /** Removes what is empty and says whether the user has no lease left. */
  function tidy(conversationId: ConversationId, userId: UserId): boolean {
    const users = conversations.get(conversationId)
    if (users?.get(userId)?.size !== 0) return false
    users.delete(userId)
    if (users.size === 0) conversations.delete(conversationId)
    return true
  }

  return {
    async enter(lease, until) {
      return { first: !put(lease, until).wasUser }
    },

    async extend() {
      // What is left at the end of a conversation is cleared, or goes with the process.
    },

    async leave({ conversationId, userId, sessionId }) {
      const removed = conversations.get(conversationId)?.get(userId)?.delete(sessionId) ?? false
      return { last: removed && tidy(conversationId, userId) }
    },

    async renew(leases, until) {
      return leases.filter((lease) => !put(lease, until).wasLease)
    },

    async sessions(conversationId, userId, now) {
      const leases = [...(conversations.get(conversationId)?.get(userId) ?? [])]
      return leases.flatMap(([sessionId, until]) => (until > now ? sessionId : []))
    },

    async online(conversationId, now) {
      const online = new Set<UserId>()
      for (const [userId, leases] of conversations.get(conversationId) ?? [])
        for (const until of leases.values()) if (until > now) online.add(userId)
      return online
    },

    async expire(now) {
      const gone: { conversationId: ConversationId; userId: UserId }[] = []
      for (const [conversationId, users] of conversations)
        for (const [userId, leases] of users) {
          for (const [sessionId, until] of leases) if (until <= now) leases.delete(sessionId)
          if (tidy(conversationId, userId)) gone.push({ conversationId, userId })
        }
      return gone
    },

    async clear(conversationId) {
      conversations.delete(conversationId)
    },
  }
}
