import type { Clock, ConversationId, Core, Departure, SessionId } from '@parley/core'
import type { Identity } from '../auth/authenticator.ts'
import type { Fanout } from './fanout.ts'
import type { Session } from './session.ts'
import { UserConnections } from './user-connections.ts'
import type { UserFanout } from './user-fanout.ts'
import type { WireLogger, WireName, WireStats } from './wires.ts'

const SWEEP_MS = 1000
/** Leases renewed in one call, so that no call grows with the server. */
const RENEW_CHUNK = 1000

export interface SessionRegistryOptions {
  readonly core: Core
  readonly people: UserFanout
  readonly clock: Clock
  readonly logger: WireLogger
  readonly presenceLeaseMs: number
  /** Whether the token that a session stands on was taken back. */
  readonly isRevoked: (identity: Identity) => boolean
}

/** Every session of this process, on every wire; one timer for all of them. */
export class SessionRegistry {
  readonly #options: SessionRegistryOptions
  readonly #sessions = new Map<SessionId, Session>()
  readonly #users: UserConnections
  readonly #byWire: Record<WireName, number> = { rooms: 0, site: 0, messenger: 0 }
  #total = 0
  #peak = 0
  #renewedAt: number
  #isRenewing = false
  /** The last round could not renew everything. */
  #isBehind = false
  /** Called once a round that failed is made up for. */
  #waiting: (() => void)[] = []
  #departure: Departure = 'goes'
  /** What the core is being told of those who went. */
  readonly #departures = new Set<Promise<void>>()
  #cancelSweep: () => void

  constructor(options: SessionRegistryOptions) {
    this.#options = options
    this.#users = new UserConnections(options)
    this.#renewedAt = options.clock.now()
    this.#cancelSweep = this.#scheduleSweep()
  }

  get size(): number {
    return this.#sessions.size
  }

  get(id: SessionId): Session | undefined {
    return this.#sessions.get(id)
  }

  all(): Session[] {
    return [...this.#sessions.values()]
  }

  add(session: Session): void {
    this.#sessions.set(session.id, session)
    this.#byWire[session.wire.name] += 1
    this.#total += 1
    this.#peak = Math.max(this.#peak, this.#sessions.size)
    if (session.identity.kind === 'user') this.#options.people.add(session)
    // Since it was checked: sessions that are here already have ended by now. Whoever adds this one makes it ready first.
    if (this.#options.isRevoked(session.identity)) queueMicrotask(() => session.closed || session.revoked())
  }

  /** The session's user counts as connected, until `remove`. Never rejects. */
  connect(session: Session): Promise<{ readonly pendingNotifications: number }> {
    return this.#users.connect(session)
  }

  /** The session's user does something again, after so long that others may have been told that they are away. */
  stirred(session: Session): void {
    void this.#users.stirred(session)
  }

  /** From now on whoever is lost here is on the way to another node. */
  sendElsewhere(): void {
    this.#departure = 'moves'
  }

  /** Forgets the session and gives its places up. Harmless the second time. */
  remove(session: Session, fanout: Fanout): void {
    session.closed = true
    if (!this.#sessions.delete(session.id)) return
    this.#byWire[session.wire.name] -= 1
    this.#options.people.remove(session)
    this.#track(this.#users.disconnect(session, this.#departure))
    for (const subscription of [...session.subscriptions()]) {
      fanout.unsubscribe(subscription)
      this.#exit(session, subscription.topic.conversationId, this.#departure)
    }
  }

  /** Resolves when the core knows of everybody who has gone. */
  async departed(): Promise<void> {
    await Promise.all(this.#departures)
  }

  #track(departure: Promise<void>): void {
    this.#departures.add(departure)
    void departure.finally(() => this.#departures.delete(departure))
  }

  /** Tells the core that the session is no longer in the conversation. */
  exit(session: Session, conversationId: string): void {
    this.#exit(session, conversationId, 'goes')
  }

  #exit(session: Session, conversationId: string, departure: Departure): void {
    const exiting = this.#options.core.exit(session.caller, conversationId, departure).catch((err: unknown) => {
      this.#options.logger.warn({ err }, 'a session could not be taken out of its conversation; its lease will end')
    })
    this.#track(exiting)
  }

  stats(): Omit<WireStats, 'topics' | 'deliveries' | 'dropped' | 'slowClosed'> {
    let queuedBytes = 0
    let queuedBytesMax = 0
    let subscriptions = 0
    let talking = 0
    const polling: Record<WireName, number> = { rooms: 0, site: 0, messenger: 0 }
    const voices = new Set<ConversationId>()
    const users = new Set<string>()
    for (const session of this.#sessions.values()) {
      users.add(session.identity.userId)
      const { outbound, voicePlace, wire } = session
      queuedBytes += outbound.queuedBytes
      queuedBytesMax = Math.max(queuedBytesMax, outbound.queuedBytes)
      if (outbound.isPolling) polling[wire.name] += 1
      if (voicePlace !== null) {
        talking += 1
        voices.add(voicePlace)
      }
      for (const _ of session.subscriptions()) subscriptions += 1
    }
    return {
      connections: { active: this.#sessions.size, total: this.#total, peak: this.#peak },
      users: users.size,
      byWire: { ...this.#byWire },
      polling,
      voice: { people: talking, conversations: voices.size },
      queuedBytes,
      queuedBytesMax,
      subscriptions,
    }
  }

  close(): void {
    this.#cancelSweep()
  }

  #scheduleSweep(): () => void {
    const { clock } = this.#options
    return clock.schedule(clock.now() + SWEEP_MS, () => {
      this.#cancelSweep = this.#scheduleSweep()
      this.#sweep(clock.now())
    })
  }

  #sweep(now: number): void {
    for (const session of this.#sessions.values()) session.sweep(now)
    // What could not be renewed is, as soon as that is possible: others are about to take these people for gone.
    const isDue = this.#isBehind || now - this.#renewedAt >= this.#options.presenceLeaseMs / 3
    if (isDue && !this.#isRenewing) void this.#renewInTime(now)
  }

  /**
   * Resolves when everybody here has their leases, as far as is known. While they don't, others say of them that they
   * are gone.
   */
  async renewed(): Promise<void> {
    if (this.#isBehind) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  async #renewInTime(now: number): Promise<void> {
    this.#renewedAt = now
    this.#isRenewing = true
    try {
      await this.#renew()
      this.#isBehind = false
      for (const resolve of this.#waiting.splice(0)) resolve()
    } catch (err) {
      if (!this.#isBehind) this.#options.logger.warn({ err }, 'presence could not be renewed; trying again until it is')
      this.#isBehind = true
    }
    this.#isRenewing = false
  }

  async #renew(): Promise<void> {
    let entries: { sessionId: SessionId; userId: string; conversationId: string }[] = []
    for (const session of this.all()) {
      for (const { state, topic } of session.subscriptions()) {
        if (state !== 'in' && state !== 'waiting') continue
        const { userId } = session.identity
        entries.push({ sessionId: session.id, userId, conversationId: topic.conversationId })
      }
      if (entries.length < RENEW_CHUNK) continue
      await this.#options.core.renew(entries)
      entries = []
    }
    if (entries.length > 0) await this.#options.core.renew(entries)
    await this.#users.renew()
  }
}
