import type { UserId } from '@parley/core'
import type { Authenticator, Identity } from '../../auth/authenticator.ts'

/**
 * A client has one open at a time; more than this of one user are clients that lost theirs. It bounds what a node holds,
 * so each node counts its own: a count for all would cost each poll two more ways to Redis, and how often a user may
 * poll is limited for all nodes together.
 */
const MAX_PER_USER = 8

interface OpenPoll {
  readonly identity: Identity
  readonly end: AbortController
}

/** The polls that wait for something to happen. */
export interface OpenPolls {
  readonly waiting: number
  /** Runs `poll` with a signal that ends it: when its client is gone, its token is taken back, its user has too many, or the server stops. */
  run<T>(identity: Identity, gone: AbortSignal, poll: (signal: AbortSignal) => Promise<T>): Promise<T>
  /** Ends all that wait, and whatever comes later at once. */
  close(): void
}

export function createOpenPolls({ isRevoked, onRevoked }: Pick<Authenticator, 'isRevoked' | 'onRevoked'>): OpenPolls {
  const byUser = new Map<UserId, Set<OpenPoll>>()
  const closing = new AbortController()
  let waiting = 0

  const stopListening = onRevoked(() => {
    for (const polls of byUser.values()) {
      for (const { identity, end } of polls) if (isRevoked(identity)) end.abort()
    }
  })

  return {
    get waiting() {
      return waiting
    },
    async run(identity, gone, poll) {
      const own: OpenPoll = { identity, end: new AbortController() }
      const polls = byUser.get(identity.userId) ?? new Set()
      byUser.set(identity.userId, polls.add(own))
      const [oldest] = polls
      if (polls.size > MAX_PER_USER) oldest?.end.abort()
      waiting += 1
      try {
        return await poll(AbortSignal.any([gone, own.end.signal, closing.signal]))
      } finally {
        waiting -= 1
        polls.delete(own)
        if (polls.size === 0) byUser.delete(identity.userId)
      }
    },
    close() {
      stopListening()
      closing.abort()
    },
  }
}
