import type { ConversationStore, DeadlineStore, EventBus, MessageStore, PresenceStore } from '@parley/core'

/** Opens what a suite tries out; each test opens and disposes of its own. */
export type Open<T> = () => Promise<T & AsyncDisposable>

export interface ConversationStores {
  readonly conversations: ConversationStore
  readonly messages: MessageStore
}

export interface PresenceStores {
  readonly presence: PresenceStore
}

export interface DeadlineStores {
  readonly deadlines: DeadlineStore
}

/** Two ends of one bus: of two nodes, where there can be two. */
export interface BusEnds {
  readonly publisher: EventBus
  readonly subscriber: EventBus
  /** Resolves when what was subscribed and published so far has taken effect. */
  settle(): Promise<void>
  /** What listeners threw. */
  readonly failures: readonly unknown[]
}
