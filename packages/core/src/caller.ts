import type { ConversationId, SessionId, UserId } from './ids.ts'

/** Who asks. Authenticated by the server; the core decides only what they may do. */
export interface Caller {
  readonly userId: UserId
  /** Their name as their token says it; a room may know them by another one. */
  readonly name: string
  /** The room that their token was given for; they passed its password then. */
  readonly room: ConversationId | null
}

/** A caller on an open connection. */
export interface SessionCaller extends Caller {
  readonly sessionId: SessionId
}
