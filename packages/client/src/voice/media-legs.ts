import type { Clock } from '../clock.ts'
import type { ReceivedSignal, StreamSource, VoiceSignal, WantedVideo } from './voice-wire.ts'

/** Encrypts what we send and decrypts what we receive; without a key nothing passes. */
export interface MediaProtection {
  /** Peer connections must be made with `encodedInsertableStreams`. */
  readonly needsEncodedInsertableStreams: boolean
  /** Called for each transceiver in the task in which it comes to be, and perhaps again. */
  protect(transceiver: RTCRtpTransceiver): void
  /** Whose media comes on a protected line, each time that it changes. */
  carries(receiver: RTCRtpReceiver, userId: string): void
  onState(listener: (userId: string, state: 'ok' | 'missing-key') => void): () => void
  close(): void
}

export interface RemoteTrack {
  readonly userId: string
  readonly source: StreamSource
  readonly track: MediaStreamTrack
}

/** One peer connection, for statistics: who sends what on which mid. */
export interface MediaLine {
  /** Who is at the other end; `null`: the server. */
  readonly userId: string | null
  readonly connection: RTCPeerConnection
  readonly sends: ReadonlyMap<string, StreamSource>
  readonly receives: ReadonlyMap<string, { readonly userId: string; readonly source: StreamSource }>
}

export interface MediaLegsOptions {
  readonly clock: Clock
  readonly selfId: string
  readonly configuration: RTCConfiguration
  readonly protection: MediaProtection | null
  /** How what we send is to be encoded; asked whenever it matters. */
  readonly isMusic: () => boolean
  /** Rejects with `ParleyError`. */
  readonly send: (signal: VoiceSignal & { readonly to?: string }) => Promise<unknown>
  readonly onTrack: (remote: RemoteTrack) => void
  readonly onTrackGone: (remote: RemoteTrack) => void
  /** `isHealthy` may have changed. */
  readonly onHealth: () => void
  /** They can't be mended: the place must be joined again. */
  readonly onDead: () => void
}

/** Our media in one chat's voice, on connections of this topology. Made anew with each join. */
export interface MediaLegs {
  /** Sends this track from now on; `null`: nothing. Replacing a track needs no negotiation. */
  publish(source: StreamSource, track: MediaStreamTrack | null): Promise<void>
  /** What `isMusic` says has changed. */
  retune(): Promise<void>
  received(signal: ReceivedSignal): void
  /** Who is in voice. Who joined anew, or has another number of `legs`, has nothing any more of what they had. */
  meet(people: readonly { readonly userId: string; readonly joinedAt: number; readonly legs: number }[]): void
  want(videos: readonly WantedVideo[]): void
  /** The network changed: find new ways at once. */
  hurry(): void
  /** Nothing is known to be broken. */
  readonly isHealthy: boolean
  lines(): readonly MediaLine[]
  close(): void
}
