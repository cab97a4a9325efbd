import type { DurableEvent, EphemeralEvent, Published, PublishedChange } from '../events.ts'
import type { SessionId, UserId } from '../ids.ts'
import type { StateWrite } from '../ports/conversation-store.ts'
import type { Deadline } from '../ports/deadline-store.ts'

/** A change as a rule decides it, before it is tied to the version it was decided on. */
export type Change = Omit<StateWrite, 'ifVersion'>

/** What a rule decided about a conversation. */
export interface Decision {
  /** The change to be stored; `null` when there is nothing to change. */
  readonly write: Change | null
  /** Events to be told once it is stored, besides the durable ones. */
  readonly tell: readonly Published[]
  /** Deadlines to be set before it is stored: each looks at the state anew when it is due, so one too many does no harm. */
  readonly arm: readonly Deadline[]
}

export const NOTHING: Decision = { write: null, tell: [], arm: [] }

/** What was stored in the conversation of this epoch, for everybody but the session that has it from its answer. */
export function toAllStored(
  event: DurableEvent,
  epoch: string,
  exceptSession: SessionId | null = null,
): PublishedChange {
  return { event, epoch, audience: { kind: 'topic' }, exceptSession }
}

export function toAll(event: EphemeralEvent): Published {
  return { event, audience: { kind: 'topic' }, exceptSession: null }
}

export function toModerators(event: EphemeralEvent): Published {
  return { event, audience: { kind: 'moderators' }, exceptSession: null }
}

export function toUser(userId: UserId, event: EphemeralEvent): Published {
  return { event, audience: { kind: 'user', userId }, exceptSession: null }
}
