import type { Clock, EventBus, Millis } from '@parley/core'
import type { Identity } from './authenticator.ts'
import type { Revocation, RevocationStore } from './revocation-store.ts'

/** How soon what another process took back holds here, if the bus does not say so at once. */
const POLL_MS = 3_000
/** Nobody's id: where every process hears of it, whoever is connected there. */
const EVERY_PROCESS = ''

export interface RevocationsOptions {
  readonly store: RevocationStore
  readonly bus: Pick<EventBus, 'publishToUsers' | 'subscribeUser'>
  readonly clock: Clock
  /** Told when the store could not be read; what was known goes on to hold. */
  readonly report: (error: unknown) => void
}

/** Tokens that were taken back, in memory: every token is compared with them. */
export interface Revocations extends Disposable {
  isRevoked(identity: Pick<Identity, 'userId' | 'tokenId' | 'issuedAt'>): boolean
  /** Stored, and told to the user's open connections, by the time it resolves. */
  revoke(revocation: Revocation): Promise<void>
  /** `listener` is called whenever there are more of them, until the returned function is called. */
  onChanged(listener: () => void): () => void
}

/** Resolves when those that are stored are known. */
export async function openRevocations({ store, bus, clock, report }: RevocationsOptions): Promise<Revocations> {
  const users = new Map<string, Millis>()
  const tokens = new Set<string>()
  const listeners = new Set<() => void>()

  /** False when it was known. */
  function take({ userId, tokenId, issuedBefore }: Omit<Revocation, 'until'>): boolean {
    if (tokenId !== null) {
      if (tokens.has(tokenId)) return false
      tokens.add(tokenId)
      return true
    }
    if (userId === null || issuedBefore === null || (users.get(userId) ?? -1) >= issuedBefore) return false
    users.set(userId, issuedBefore)
    return true
  }

  let place: number | null = null
  async function read(): Promise<void> {
    const { revocations, at } = await store.list(clock.now(), place)
    const news = revocations.map(take)
    place = at
    if (news.includes(true)) for (const listener of listeners) listener()
  }

  let isClosed = false
  let cancel = (): void => undefined
  function poll(): void {
    if (isClosed) return
    cancel = clock.schedule(clock.now() + POLL_MS, () => {
      read().catch(report).finally(poll)
    })
  }

  const unsubscribe = bus.subscribeUser(EVERY_PROCESS, ({ event }) => {
    if (event.type === 'access.revoked' && take(event)) for (const listener of listeners) listener()
  })
  await read()
  poll()
  return {
    isRevoked: ({ userId, tokenId, issuedAt }) =>
      tokens.has(tokenId) || issuedAt <= (users.get(userId) ?? Number.NEGATIVE_INFINITY),
    async revoke(revocation) {
      await store.add(revocation)
      take(revocation)
      const { userId, tokenId, issuedBefore } = revocation
      bus.publishToUsers({
        event: { type: 'access.revoked', at: clock.now(), userId, tokenId, issuedBefore },
        userIds: [...(userId === null ? [] : [userId]), EVERY_PROCESS],
        onlySession: null,
        exceptSession: null,
      })
      for (const listener of listeners) listener()
    },
    onChanged(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    [Symbol.dispose]() {
      isClosed = true
      cancel()
      unsubscribe()
    },
  }
}
