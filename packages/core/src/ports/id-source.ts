/** Ids from a cryptographically secure source. */
export interface IdSource {
  /** 12 characters of Crockford base32, lower case, without hyphens (60 bits). */
  roomId(): string
  userId(): string
  /** An id for a conversation that lasts. It never has the form of a room's. */
  conversationId(): string
  /** The id of the direct conversation of these two: the same in either order, and for nobody else. */
  directId(one: string, other: string): string
  callId(): string
  notificationId(): string
  /** Sorts by time of creation. */
  messageId(): string
  epoch(): string
}
