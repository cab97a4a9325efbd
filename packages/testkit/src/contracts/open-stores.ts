import type {
  CallStore,
  ConversationStore,
  DeadlineStore,
  EventBus,
  InboxStore,
  MessageStore,
  NotificationStore,
  PresenceStore,
  ReceiptStore,
  StatusStore,
  UserStore,
  VoiceStore,
} from '@parley/core'

/** Opens what a suite tries out; each test opens and disposes of its own. */
export type Open<T> = () => Promise<T & AsyncDisposable>

export interface ConversationStores {
  readonly conversations: ConversationStore
  readonly messages: MessageStore
}

export interface ReceiptStores extends ConversationStores {
  readonly receipts: ReceiptStore
}

export interface InboxStores extends ReceiptStores {
  readonly inbox: InboxStore
}

export interface NotificationStores extends ConversationStores {
  readonly notifications: NotificationStore
}

export interface UserStores extends NotificationStores {
  readonly users: UserStore
}

export interface PresenceStores {
  readonly presence: PresenceStore
}

export interface StatusStores {
  readonly status: StatusStore
}

export interface CallStores {
  readonly calls: CallStore
}

export interface VoiceStores {
  readonly voice: VoiceStore
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
