import type { ConversationId, DomainEvent, EphemeralEvent, MemberView, Millis, UserId } from '@parley/core'

/** Who is in a room and who is not, as those who look at it were told. */
export class SeenPresence {
  readonly #isHere = new Map<UserId, boolean>()
  /** How much was told so far. */
  #told = 0

  get told(): number {
    return this.#told
  }

  /** As a snapshot shows them. Of whom something was told before, the others were told that. */
  learn(members: readonly MemberView[]): void {
    for (const { member, online } of members) {
      if (member.hasEntered && !this.#isHere.has(member.userId)) this.#isHere.set(member.userId, online)
    }
  }

  note(event: DomainEvent): void {
    if (event.type === 'presence.changed') this.#set(event.userId, event.online)
    else if (event.type === 'member.joined') this.#set(event.member.userId, true)
    else if (event.type === 'member.left' && this.#isHere.delete(event.userId)) this.#told += 1
  }

  /**
   * What is still to be told when it is these who are here, and not. `isBehind`: they include somebody of whom nothing
   * was told; that they joined is on its way.
   */
  missing(
    present: ReadonlyMap<UserId, boolean>,
    about: { readonly conversationId: ConversationId; readonly at: Millis },
  ): { readonly events: readonly EphemeralEvent[]; readonly isBehind: boolean } {
    const events: EphemeralEvent[] = []
    let isBehind = false
    for (const [userId, online] of present) {
      const seen = this.#isHere.get(userId)
      if (seen === undefined) isBehind = true
      else if (seen !== online) events.push({ type: 'presence.changed', ...about, userId, online })
    }
    return { events, isBehind }
  }

  #set(userId: UserId, isHere: boolean): void {
    this.#isHere.set(userId, isHere)
    this.#told += 1
  }
}
