export type ConversationId = string
export type UserId = string
export type MessageId = string
/** One connection of one user, on one node. */
export type SessionId = string
/** Unix milliseconds. */
export type Millis = number
