import type { History, Truth, View } from './history.ts'
import type { SeenInVoice } from './voice/seen-in-voice.ts'
import type { Signalling } from './voice/signalling.ts'

/** What somebody may do besides talking. */
export type Deed = 'edit' | 'remove' | 'react' | 'look away' | 'leave'

/** Somebody who stays in conversations whatever happens to their line. */
export interface ChaosClient extends AsyncDisposable {
  readonly name: string
  readonly userId: string
  readonly way: string
  readonly conversationIds: readonly string[]
  /** What it saw; `null` where it keeps its own account. */
  readonly history: History | null
  /** Connects, and comes into every conversation; resolves when it is in. */
  start(): Promise<void>
  /** Says it, once, however often it takes. */
  say(conversationId: string): void
  /** Tries it, once: nobody relies on it. */
  attempt(deed: Deed, conversationId: string): void
  /** Messages that are not acknowledged yet. */
  readonly unsent: number
  /** Follows this conversation now, and knows all of it. */
  hasReached(truth: Truth): boolean
  /** What it shows, of those that keep their own account. */
  views(): readonly View[]
  /** By what it can be in voice; `null`: its wire has no voice. */
  readonly signalling: Signalling | null
  /** Whom it was told to be in voice, last; `null`: it is told nothing of that. */
  inVoice(conversationId: string): readonly SeenInVoice[] | null
  /** Whom it was told to be in the room, last; `null`: it is told nothing of that, or not in it. */
  presentIn(roomId: string): ReadonlySet<string> | null
  /** What no server may answer, and what the client could not make sense of. */
  readonly complaints: readonly string[]
  /** Hangs up, for good. */
  close(): void
}

export interface Seat {
  readonly name: string
  readonly userId: string
  readonly token: string
  readonly url: string
  readonly conversationIds: readonly string[]
}
