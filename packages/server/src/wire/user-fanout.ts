import type { Addressed, Caller, EventBus, Millis, Notification, UserEvent, UserId } from '@parley/core'
import type { Frame } from './frame.ts'
import { PacedLooks } from './paced-looks.ts'
import { rememberTold, type Told, tellMissedNotifications } from './tell-missed-notifications.ts'
import type { Subscriber, Wire } from './topic.ts'

/** Looked after together: what is read of all of them is read at once. */
const AT_ONCE = 250

/** A user with sessions here. */
interface Person {
  readonly sessions: Set<Subscriber>
  readonly told: Told
  readonly unsubscribe: () => void
}

export interface UserFanoutOptions {
  readonly bus: Pick<EventBus, 'subscribeUser'>
  /** What waits for somebody. */
  readonly pending: (caller: Caller) => Promise<readonly Notification[]>
  readonly now: () => Millis
  /** Resolves when everybody here counts as connected for the others too. */
  readonly renewed?: () => Promise<void>
  /** Told when what was missed could not be read; it is read again. */
  readonly report: (error: unknown) => void
}

/** Tells people what concerns them on all of their connections, whatever they look at. */
export class UserFanout {
  deliveries = 0
  readonly #options: UserFanoutOptions
  readonly #looks: PacedLooks<UserId>
  readonly #people = new Map<UserId, Person>()
  /** An event that goes to many people comes once for each of them, one after the other. */
  #latest: { readonly event: UserEvent; readonly frames: Map<Wire, Frame | null> } | null = null

  constructor(options: UserFanoutOptions) {
    this.#options = options
    this.#looks = new PacedLooks({
      lookAt: (userId) => this.#catchUp(userId),
      atOnce: AT_ONCE,
      report: options.report,
    })
  }

  /** What happened while nobody could say. */
  async #catchUp(userId: UserId): Promise<void> {
    const { renewed, pending, now } = this.#options
    await renewed?.()
    await tellMissedNotifications({
      now,
      pending: async () => {
        const [session] = this.#people.get(userId)?.sessions ?? []
        return session === undefined ? [] : pending(session.caller)
      },
      told: () => this.#people.get(userId)?.told ?? null,
      tell: (event) => {
        const person = this.#people.get(userId)
        if (person === undefined) return
        this.#deliver(person, { event, userIds: [userId], onlySession: null, exceptSession: null })
      },
    })
    for (const session of [...(this.#people.get(userId)?.sessions ?? [])]) await session.catchUp()
  }

  /** From now on the session is told what concerns its user. */
  add(session: Subscriber): void {
    const { userId } = session.identity
    const known = this.#people.get(userId)
    if (known !== undefined) {
      known.sessions.add(session)
      return
    }
    const sessions = new Set([session])
    const told: Told = { since: this.#options.now(), ids: new Set(), clears: 0 }
    const unsubscribe = this.#options.bus.subscribeUser(
      userId,
      (addressed) => this.#deliver({ sessions, told }, addressed),
      () => this.#looks.look(userId),
    )
    this.#people.set(userId, { sessions, told, unsubscribe })
  }

  /** Harmless for a session that was not added. */
  remove(session: Subscriber): void {
    const { userId } = session.identity
    const person = this.#people.get(userId)
    if (person?.sessions.delete(session) !== true || person.sessions.size > 0) return
    this.#people.delete(userId)
    person.unsubscribe()
  }

  #deliver(
    { sessions, told }: Pick<Person, 'sessions' | 'told'>,
    { event, onlySession, exceptSession }: Addressed,
  ): void {
    rememberTold(told, event)
    // A copy: a session that ends is taken out.
    for (const session of [...sessions]) {
      if (session.id === exceptSession || (onlySession !== null && session.id !== onlySession)) continue
      if (event.type === 'access.revoked') {
        if (isRevokedBy(event, session)) session.revoked()
        continue
      }
      if (!session.wants(event)) continue
      const frame = this.#encode(session.wire, event)
      if (frame === null) continue
      this.deliveries += 1
      session.outbound.push(frame, event.type === 'status.changed')
      session.told(event)
    }
  }

  /** Encodes an event once per wire, however many it goes to. */
  #encode(wire: Wire, event: UserEvent): Frame | null {
    if (this.#latest?.event !== event) this.#latest = { event, frames: new Map() }
    const { frames } = this.#latest
    const known = frames.get(wire)
    if (known !== undefined) return known
    const frame = wire.encodeUser(event)
    frames.set(wire, frame)
    return frame
  }
}

function isRevokedBy(event: UserEvent & { type: 'access.revoked' }, { identity }: Subscriber): boolean {
  if (event.tokenId !== null) return event.tokenId === identity.tokenId
  return event.issuedBefore !== null && identity.issuedAt <= event.issuedBefore
}
