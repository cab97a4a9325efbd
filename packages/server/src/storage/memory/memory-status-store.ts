import type { Millis, Seen, SessionId, StatusLease, StatusStore, UserId } from '@parley/core'

/** What is known of somebody who has a lease, or is still seen. */
interface Standing {
  readonly leases: Map<SessionId, Millis>
  activeAt: Millis
  seen: Seen | null
}

/** The connections of one process. */
export function createMemoryStatusStore(): StatusStore {
  const standings = new Map<UserId, Standing>()

  function put({ userId, sessionId }: StatusLease, activeAt: Millis, until: Millis): void {
    const standing = standings.get(userId) ?? { leases: new Map(), activeAt, seen: null }
    standings.set(userId, standing)
    standing.leases.set(sessionId, until)
    standing.activeAt = Math.max(standing.activeAt, activeAt)
  }

  function tidy(userId: UserId): void {
    const standing = standings.get(userId)
    if (standing?.leases.size === 0 && standing.seen === null) standings.delete(userId)
  }

  return {
    async connect(lease, now, until) {
      put(lease, now, until)
    },

    async disconnect({ userId, sessionId }) {
      standings.get(userId)?.leases.delete(sessionId)
      tidy(userId)
    },

    async renew(leases, until) {
      for (const lease of leases) put(lease, lease.activeAt, until)
    },

    async has({ userId, sessionId }, now) {
      return (standings.get(userId)?.leases.get(sessionId) ?? 0) > now
    },

    async read(userIds, now) {
      return new Map(
        userIds.map((userId) => {
          const standing = standings.get(userId)
          const isConnected = [...(standing?.leases.values() ?? [])].some((until) => until > now)
          const activeAt = isConnected && standing !== undefined ? standing.activeAt : null
          return [userId, { isConnected, activeAt, seen: standing?.seen ?? null }]
        }),
      )
    },

    async swapSeen(userId, seen) {
      const standing = standings.get(userId)
      const before = standing?.seen ?? null
      if (standing !== undefined) standing.seen = seen
      else if (seen !== null) standings.set(userId, { leases: new Map(), activeAt: 0, seen })
      tidy(userId)
      return before
    },

    async expire(now) {
      const gone: UserId[] = []
      for (const [userId, { leases, seen }] of standings) {
        for (const [sessionId, until] of leases) if (until <= now) leases.delete(sessionId)
        if (leases.size === 0 && seen !== null) gone.push(userId)
        tidy(userId)
      }
      return gone
    },
  }
}
