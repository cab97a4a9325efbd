import type { ConversationId, DomainEvent, EphemeralEvent, Millis, UserId, Waiting } from '@parley/core'

/** Who waits in a room's lobby, as those who may let them in were told. */
export class SeenLobby {
  readonly #knocking = new Set<UserId>()
  /** How much was told so far. */
  #told = 0

  get told(): number {
    return this.#told
  }

  /** An answer shows these people to somebody who comes in. */
  learn(knocking: readonly { readonly userId: UserId }[]): void {
    for (const { userId } of knocking) this.#knocking.add(userId)
  }

  /** This is being told now. */
  note(event: DomainEvent): void {
    if (event.type === 'lobby.knocked') this.#knocking.add(event.userId)
    else if (event.type === 'lobby.answered') this.#knocking.delete(event.userId)
    else return
    this.#told += 1
  }

  /** What is still to be told when these wait. */
  missing(
    waiting: readonly Waiting[],
    about: { readonly conversationId: ConversationId; readonly at: Millis },
  ): readonly EphemeralEvent[] {
    const gone = [...this.#knocking].filter((userId) => !waiting.some((one) => one.userId === userId))
    const come = waiting.filter(({ userId }) => !this.#knocking.has(userId))
    return [
      ...gone.map((userId) => ({ type: 'lobby.answered', ...about, userId }) as const),
      ...come.map(({ userId, name }) => ({ type: 'lobby.knocked', ...about, userId, name }) as const),
    ]
  }
}
