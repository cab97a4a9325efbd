import type { Change, Position } from './change.ts'

/** What happened to one client, as it saw it itself. Times are milliseconds since the run began. */
export type Entry =
  /** A new connection: what was followed before is not any more. */
  | { readonly what: 'connected'; readonly at: number }
  | { readonly what: 'cut off'; readonly at: number }
  /** It follows a conversation from here on. */
  | ({
      readonly what: 'entered'
      readonly since: Position | null
      readonly recovered: boolean
      /** With `recovered`: what was missed. */
      readonly missed: readonly Change[]
    } & Position &
      Where)
  | ({ readonly what: 'told'; readonly change: Change } & Where)
  /** It sent something, maybe again. */
  | ({ readonly what: 'sent'; readonly clientId: string } & Where)
  | ({
      readonly what: 'acked'
      readonly clientId: string
      readonly messageId: string
      readonly seq: number
      readonly duplicate: boolean
    } & Where)
  /** The server acknowledged that it follows no more; `seat`: that it has no part in it any more. */
  | ({ readonly what: 'left'; readonly seat: boolean } & Where)

interface Where {
  readonly conversationId: string
  readonly at: number
}

/** All that one client saw, in the order in which it saw it. */
export interface History {
  readonly client: string
  readonly userId: string
  /** How it connects: what a reader of a failure wants to know first. */
  readonly way: string
  readonly entries: readonly Entry[]
}

/** What a client that keeps its own account of a conversation shows in the end. */
export interface View {
  readonly client: string
  readonly userId: string
  readonly conversationId: string
  /** In the order shown. */
  readonly messages: readonly Shown[]
  /** Server ids of the messages that it was told of as they came, in that order. */
  readonly heard: readonly string[]
  /** Its own, by its own ids: those that are shown as sent, and all that it was asked to send. */
  readonly sent: readonly string[]
  readonly asked: readonly string[]
}

interface Shown {
  readonly id: string
  readonly seq: number
  readonly text: string
  readonly deleted: boolean
}

/** What the server has of a conversation in the end. */
export interface Truth extends Position {
  readonly conversationId: string
  readonly messages: readonly StoredMessage[]
}

export interface StoredMessage extends Shown {
  readonly userId: string
  readonly clientId: string | null
}
