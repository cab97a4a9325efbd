/** Domain error codes; a wire maps each to its own vocabulary in its errors table. */
export type DomainErrorCode =
  | 'VALIDATION_FAILED'
  | 'UNAUTHENTICATED'
  | 'TOKEN_EXPIRED'
  | 'FORBIDDEN'
  | 'WRONG_PASSWORD'
  | 'KICKED'
  | 'CONVERSATION_NOT_FOUND'
  | 'MESSAGE_NOT_FOUND'
  | 'USER_NOT_FOUND'
  | 'CALL_NOT_FOUND'
  | 'NOTIFICATION_NOT_FOUND'
  | 'NAME_TAKEN'
  | 'CONFLICT'
  | 'ROOM_FULL'
  | 'ROOM_EXPIRED'
  | 'ROOM_LOCKED'
  | 'NOT_IN_ROOM'
  | 'RATE_LIMITED'
  | 'MEDIA_CAPACITY'
  | 'MEDIA_UNAVAILABLE'
  | 'UNAVAILABLE'
  | 'TURN_NOT_CONFIGURED'

export interface DomainErrorDetails {
  /** Milliseconds after which the same call may succeed. */
  readonly retryAfterMs?: number
  /** Which input was wrong, and how. */
  readonly errors?: readonly { readonly path: string; readonly message: string }[]
}

/** The one error that the core throws on purpose. Anything else that escapes it is a bug. */
export class DomainError extends Error {
  override readonly name = 'DomainError'
  readonly code: DomainErrorCode
  readonly details: DomainErrorDetails

  /** `message` is a sentence for a person: what happened, and what to do. */
  constructor(code: DomainErrorCode, message: string, details: DomainErrorDetails = {}) {
    super(message)
    this.code = code
    this.details = details
  }
}

/** Somebody is not in a room that is there: for those who may know that it is. */
export class StrangerError extends DomainError {
  /** The error for everybody else: what is said of a room that is not there. */
  readonly toOutsiders: DomainError

  constructor(message: string, toOutsiders: DomainError) {
    super('NOT_IN_ROOM', message)
    this.toOutsiders = toOutsiders
  }
}

/** Whether what is needed does not answer just now: nothing was stored, and the same call may succeed later. */
export const isUnavailable = (error: unknown): error is DomainError =>
  error instanceof DomainError && error.code === 'UNAVAILABLE'

/** Whether the conversation is not there any more, or its time is up. */
export const isGone = (error: unknown): error is DomainError =>
  error instanceof DomainError && (error.code === 'CONVERSATION_NOT_FOUND' || error.code === 'ROOM_EXPIRED')
