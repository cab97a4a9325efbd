import type { ConversationId, SessionId, UserId } from '../ids.ts'

export type MediaSource = 'mic' | 'camera' | 'screen'
/** A screen brings the sound of its tab as a stream of its own. */
export type StreamSource = MediaSource | 'screen-audio'
export type VideoLayer = 'off' | 'low' | 'medium' | 'high'

/** A session description, as in JSEP. */
export interface MediaDescription {
  readonly type: 'offer' | 'answer'
  readonly sdp: string
}

/** One stream of a description, or one that is asked for. */
export interface MediaStream {
  /** The id of the m-line that carries it. */
  readonly mid?: string
  readonly source: StreamSource
  /** Whose it is; left out of what one sends oneself. */
  readonly userId?: UserId
  readonly layer?: VideoLayer
}

/** What one side says to the other about its media. */
export interface MediaSignal {
  readonly description?: MediaDescription
  /** Opaque here; `null` says that there are no more. */
  readonly candidate?: unknown
  /** Beside a description: what its m-lines carry. Alone, under sfu: the complete list of videos that are wanted. */
  readonly streams?: readonly MediaStream[]
  /** Alone, under sfu: ICE begins anew on the leg by which one receives. */
  readonly restart?: boolean
  /** Which leg a candidate is for, under sfu. */
  readonly leg?: 'publish' | 'subscribe'
}

/** One person's media on one session, as the plane knows it. */
export interface MediaSeat {
  readonly conversationId: ConversationId
  readonly userId: UserId
  readonly name: string
  readonly sessionId: SessionId
  /** Whether they may send just now; without it the plane refuses what they send. */
  readonly maySend: boolean
  /** What is sent is encrypted from end to end: the plane can't look into it. */
  readonly isEncrypted: boolean
}

/** What carries sound and video: browsers among themselves, or a media server. */
export interface MediaPlane {
  readonly topology: 'mesh' | 'sfu'
  /** How many may be in voice at once; `withVideo`: when anybody sends video. */
  capacity(withVideo: boolean): number
  /** Gives the seat fresh media legs, closing those it had. Throws `MEDIA_UNAVAILABLE`, `MEDIA_CAPACITY`. */
  join(seat: MediaSeat): Promise<void>
  /** Closes both legs; others stop hearing them at once. Never throws; harmless for a seat that is gone. */
  leave(seat: Pick<MediaSeat, 'conversationId' | 'userId' | 'sessionId'>): Promise<void>
  /**
   * A client's signal. `to`: another member, under mesh.
   * Throws `VALIDATION_FAILED`, `FORBIDDEN` (may not send), `NOT_IN_ROOM`, `MEDIA_UNAVAILABLE`.
   */
  signal(seat: MediaSeat, signal: MediaSignal, to: MediaSeat | null): Promise<void>
  /** What of this person's reaches others: enforced at the media server. */
  restrict(seat: MediaSeat, allowed: { readonly audio: boolean; readonly video: boolean }): Promise<void>
  /** Throws `MEDIA_UNAVAILABLE` where nothing can be recorded. Harmless while it records already. */
  startRecording(conversationId: ConversationId): Promise<void>
  stopRecording(conversationId: ConversationId): Promise<void>
  /** Another node has moved the conversation: looks whether that is so here. `moved` is told when it is. */
  locate(conversationId: ConversationId): Promise<void>
  /** The conversation is over: what is left of its media goes, recordings too. */
  close(conversationId: ConversationId): Promise<void>
  /** One listener: the core. */
  onEvent(listener: (event: MediaEvent) => void): void
}

export type MediaEvent =
  | {
      readonly type: 'signal'
      readonly conversationId: ConversationId
      /** The session that it is for. */
      readonly sessionId: SessionId
      /** `null`: the media server itself. */
      readonly from: UserId | null
      readonly signal: MediaSignal
    }
  | {
      readonly type: 'level'
      readonly conversationId: ConversationId
      readonly userId: UserId
      /** 0–1 */
      readonly level: number
      readonly isSpeaking: boolean
    }
  /** The media server receives nothing (or again something) of a person's microphone. */
  | {
      readonly type: 'heard'
      readonly conversationId: ConversationId
      readonly userId: UserId
      readonly isHeard: boolean
    }
  /** The conversation lives on another (or a restarted) media server: everybody has to join its media again. */
  | { readonly type: 'moved'; readonly conversationId: ConversationId }
  /** No media server can carry it now; `moved` follows when one can. */
  | { readonly type: 'lost'; readonly conversationId: ConversationId }
