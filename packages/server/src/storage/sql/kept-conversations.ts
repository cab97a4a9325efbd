import type { ConversationId, ConversationState } from '@parley/core'

/** What all that is kept may weigh, in members: some 30 MB. */
const MAX_WEIGHT = 100_000
/** What a conversation weighs besides its members: otherwise those that nobody is in would all be kept, however many. */
const OWN_WEIGHT = 4

/** Conversations with their members that were read lately; of too many, those go first that were kept first. */
export class KeptConversations {
  readonly #states = new Map<ConversationId, ConversationState>()
  readonly #maxWeight: number
  #weight = 0

  constructor(maxWeight = MAX_WEIGHT) {
    this.#maxWeight = maxWeight
  }

  get(id: ConversationId): ConversationState | undefined {
    return this.#states.get(id)
  }

  keep(id: ConversationId, state: ConversationState): void {
    this.#drop(id)
    this.#states.set(id, state)
    this.#weight += weightOf(state)
    for (const [oldest] of this.#states) {
      if (this.#weight <= this.#maxWeight) break
      this.#drop(oldest)
    }
  }

  #drop(id: ConversationId): void {
    const state = this.#states.get(id)
    if (state === undefined) return
    this.#weight -= weightOf(state)
    this.#states.delete(id)
  }
}

const weightOf = ({ members }: ConversationState): number => members.size + OWN_WEIGHT
