import type { ConversationId, Millis, SessionId, UserId } from '../ids.ts'

export type CallId = string
export type CallMedia = 'audio' | 'video'
export type CallEndReason = 'hangup' | 'rejected' | 'busy' | 'timeout' | 'failed' | 'answered-elsewhere'

/**
 * - `ringing`: on all their devices
 * - `joined`: on `sessionId`
 * - `rejected`, `busy`, `missed`, `left`: no more in it
 */
export type CallPartyState = 'ringing' | 'joined' | 'rejected' | 'busy' | 'missed' | 'left'

export interface CallParty {
  readonly userId: UserId
  readonly name: string
  readonly state: CallPartyState
  /** The device that they are in the call with. */
  readonly sessionId: SessionId | null
  /** Since when that device has no connection; `null` while it has one. */
  readonly goneSince: Millis | null
}

/** A call in a direct or group chat. It is over when fewer than two are left in it. */
export interface Call {
  readonly id: CallId
  readonly conversationId: ConversationId
  readonly callerId: UserId
  readonly media: CallMedia
  /** What the caller's device offered, for those who come while it rings. Opaque here. */
  readonly offer: unknown
  readonly state: 'ringing' | 'active' | 'ended'
  readonly parties: readonly CallParty[]
  readonly createdAt: Millis
  readonly answeredAt: Millis | null
  readonly endedAt: Millis | null
  readonly endReason: CallEndReason | null
  /** Grows with every change, and guards the next one. */
  readonly version: number
}
