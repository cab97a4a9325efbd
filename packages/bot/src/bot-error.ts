/** Why a bot can't do what it was asked to. */
export type BotErrorReason =
  /** The link is none, or leads to no room. */
  | 'link'
  /** A file can't be read or written. */
  | 'file'
  /** The room wants a password, and it is missing or wrong. */
  | 'password'
  /** Locked, full, or the host said no. */
  | 'refused'
  /** The room's time is up. */
  | 'expired'
  /** The server does not answer. */
  | 'unreachable'
  /** There is no voice to be had: on this system, in this room, or now. */
  | 'no-voice'
  /** The room is encrypted and what was asked for takes its key. */
  | 'encrypted'
  /** The server refused for another reason. */
  | 'failed'

/** What went wrong, in a sentence for a person. */
export class BotError extends Error {
  readonly reason: BotErrorReason

  constructor(reason: BotErrorReason, message: string, options: ErrorOptions = {}) {
    super(message, options)
    this.name = 'BotError'
    this.reason = reason
  }
}
