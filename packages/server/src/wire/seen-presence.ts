import type { ConversationId, DomainEvent, EphemeralEvent, MemberView, Millis, Published, UserId } from '@parley/core'

/** Whether a member is in the room now; `awaited`: they have a seat, and never came. */
export type Whereabouts = 'here' | 'away' | 'awaited'

/** Who is in a room and who is not, as those who look at it were told. */
export class SeenPresence {
  readonly #seen = new Map<UserId, Whereabouts>()
  /** Comings and goings that are yet to be told: of each person the latest. */
  #later = new Map<UserId, Published>()
  /** How much was told so far. */
  #told = 0

  get told(): number {
    return this.#told
  }

  /** A snapshot shows these people. Those of whom something was told before stay as they were told. */
  learn(members: readonly MemberView[]): void {
    for (const { member, online } of members) {
      if (this.#seen.has(member.userId)) continue
      this.#seen.set(member.userId, member.hasEntered ? whether(online) : 'awaited')
    }
  }

  /** This is being told now. */
  note(event: DomainEvent): void {
    if (event.type === 'presence.changed') this.#set(event.userId, whether(event.online))
    else if (event.type === 'member.joined') this.#set(event.member.userId, 'here')
    else if (event.type === 'seat.taken') this.#set(event.userId, 'awaited')
    else if (event.type === 'member.left') {
      this.#later.delete(event.userId)
      if (this.#seen.delete(event.userId)) this.#told += 1
    }
  }

  /** This is to be told with what else comes soon, unless something newer of that person is told before. True for the first. */
  postpone(userId: UserId, published: Published): boolean {
    this.#later.set(userId, published)
    this.#told += 1
    return this.#later.size === 1
  }

  /** What was postponed, and is told now. */
  takePostponed(): readonly Published[] {
    const postponed = [...this.#later.values()]
    this.#later = new Map()
    for (const { event } of postponed) this.note(event)
    return postponed
  }

  /**
   * What is still to be told when this is where members are. `isBehind`: they include somebody who was not told to have
   * come; that they joined is on its way.
   */
  missing(
    present: ReadonlyMap<UserId, Whereabouts>,
    about: { readonly conversationId: ConversationId; readonly at: Millis },
  ): { readonly events: readonly EphemeralEvent[]; readonly isBehind: boolean } {
    const events: EphemeralEvent[] = []
    let isBehind = false
    for (const [userId, now] of present) {
      const seen = this.#seen.get(userId)
      if (now === 'awaited') {
        if (seen === undefined) events.push({ type: 'seat.taken', ...about, userId })
      } else if (seen === undefined || seen === 'awaited') isBehind = true
      else if (seen !== now) events.push({ type: 'presence.changed', ...about, userId, online: now === 'here' })
    }
    return { events, isBehind }
  }

  #set(userId: UserId, whereabouts: Whereabouts): void {
    this.#later.delete(userId)
    this.#seen.set(userId, whereabouts)
    this.#told += 1
  }
}

const whether = (online: boolean): Whereabouts => (online ? 'here' : 'away')
