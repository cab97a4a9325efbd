import type { Addressed, EventBus, UserEvent, UserId } from '@parley/core'
import type { Frame } from './frame.ts'
import type { Subscriber, Wire } from './topic.ts'

/** A user with sessions here. */
interface Person {
  readonly sessions: Set<Subscriber>
  readonly unsubscribe: () => void
}

/** Tells people what concerns them on all of their connections, whatever they look at. */
export class UserFanout {
  deliveries = 0
  readonly #bus: Pick<EventBus, 'subscribeUser'>
  readonly #people = new Map<UserId, Person>()
  /** An event that goes to many people comes once for each of them, one after the other. */
  #latest: { readonly event: UserEvent; readonly frames: Map<Wire, Frame | null> } | null = null

  constructor(options: { readonly bus: Pick<EventBus, 'subscribeUser'> }) {
    this.#bus = options.bus
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
    const unsubscribe = this.#bus.subscribeUser(userId, (addressed) => this.#deliver(sessions, addressed))
    this.#people.set(userId, { sessions, unsubscribe })
  }

  /** Harmless for a session that was not added. */
  remove(session: Subscriber): void {
    const { userId } = session.identity
    const person = this.#people.get(userId)
    if (person?.sessions.delete(session) !== true || person.sessions.size > 0) return
    this.#people.delete(userId)
    person.unsubscribe()
  }

  #deliver(sessions: ReadonlySet<Subscriber>, { event, onlySession, exceptSession }: Addressed): void {
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
    }
  }

  /** Once per wire, to however many it goes. */
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
