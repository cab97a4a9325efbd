import type { CallStore } from './call-store.ts'
import type { Clock } from './clock.ts'
import type { ConversationStore } from './conversation-store.ts'
import type { DeadlineStore } from './deadline-store.ts'
import type { EventBus } from './event-bus.ts'
import type { IdSource } from './id-source.ts'
import type { InboxStore } from './inbox-store.ts'
import type { MediaPlane } from './media-plane.ts'
import type { MessageStore } from './message-store.ts'
import type { NotificationStore } from './notification-store.ts'
import type { PasswordHasher } from './password-hasher.ts'
import type { PresenceStore } from './presence-store.ts'
import type { RateLimiter } from './rate-limiter.ts'
import type { ReceiptStore } from './receipt-store.ts'
import type { StatusStore } from './status-store.ts'
import type { UserStore } from './user-store.ts'
import type { VoiceStore } from './voice-store.ts'

/** Everything that the core needs from outside. */
export interface CorePorts {
  readonly conversations: ConversationStore
  readonly messages: MessageStore
  /** Sessions in conversations. */
  readonly presence: PresenceStore
  readonly receipts: ReceiptStore
  readonly inbox: InboxStore
  readonly notifications: NotificationStore
  readonly users: UserStore
  readonly calls: CallStore
  /** Who is in voice. */
  readonly voice: VoiceStore
  /** What carries what they send. */
  readonly media: MediaPlane
  /** Connections of users. */
  readonly status: StatusStore
  readonly deadlines: DeadlineStore
  readonly bus: EventBus
  readonly limiter: RateLimiter
  readonly clock: Clock
  readonly ids: IdSource
  readonly passwords: PasswordHasher
  /** Told of failures in the core's own timed work, which nobody waits for. */
  readonly report?: (error: unknown) => void
}
