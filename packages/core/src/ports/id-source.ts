/** Ids from a cryptographically secure source. */
export interface IdSource {
  /** 12 characters of Crockford base32, lower case, without hyphens (60 bits). */
  roomId(): string
  userId(): string
  /** Sorts by time of creation. */
  messageId(): string
  epoch(): string
}
