import type { ConversationId, Millis, UserEvent, UserId } from '@parley/core'

/** So many conversations are remembered. */
const REMEMBERED = 200

/** What one client was told of who is there, and of the conversations that it came into. */
export class SiteAccount {
  /** Conversations that its user was added to before were told, or were there when it came. */
  since: Millis
  readonly #online = new Set<UserId>()
  readonly #added = new Set<ConversationId>()
  /** How much was told so far of who is there. */
  #told = 0

  constructor(now: Millis) {
    this.since = now
  }

  get online(): ReadonlySet<UserId> {
    return this.#online
  }

  get told(): number {
    return this.#told
  }

  wasAddedTo(id: ConversationId): boolean {
    return this.#added.has(id)
  }

  toldOf(event: UserEvent): void {
    if (event.type === 'status.changed') this.toldOnline(event.person.userId, event.isOnline)
    if (event.type === 'conversation.added') this.toldAdded(event.conversationId)
  }

  toldOnline(userId: UserId, isOnline: boolean): void {
    this.#told += 1
    if (isOnline) this.#online.add(userId)
    else this.#online.delete(userId)
  }

  /** A list says it of everybody. */
  toldList(users: readonly { readonly userId: UserId }[]): void {
    this.#told += 1
    this.#online.clear()
    for (const { userId } of users) this.#online.add(userId)
  }

  toldAdded(id: ConversationId): void {
    this.#added.add(id)
    const [oldest] = this.#added
    if (this.#added.size > REMEMBERED && oldest !== undefined) this.#added.delete(oldest)
  }
}
