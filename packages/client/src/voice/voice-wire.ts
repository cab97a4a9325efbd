import type {
  MediaSource,
  ServerData,
  ServerEvent,
  StreamSource,
  VideoLayer,
  VoiceParticipant,
} from '@parley/protocol/messenger'
import type { LineQuality, VideoSource, VoiceRecording } from './voice-types.ts'

export type { StreamSource, VoiceParticipant } from '@parley/protocol/messenger'

export interface SignalledStream {
  readonly mid?: string
  readonly source: StreamSource
  readonly userId?: string
  readonly layer?: VideoLayer
}

/** What one side says to the other about its media. */
export interface VoiceSignal {
  readonly description?: { readonly type: 'offer' | 'answer'; readonly sdp: string }
  readonly candidate?: RTCIceCandidateInit | null
  readonly streams?: readonly SignalledStream[]
  readonly restart?: boolean
  readonly leg?: 'publish' | 'subscribe'
}

/** `from`: somebody, under mesh; without it the server. */
export type ReceivedSignal = VoiceSignal & { readonly from?: string }

/** A video that we want to be sent. */
export interface WantedVideo {
  readonly userId: string
  readonly source: VideoSource
  readonly layer: Exclude<VideoLayer, 'off'>
}

export interface VoiceJoined {
  readonly topology: 'mesh' | 'sfu'
  readonly iceServers: readonly RTCIceServer[]
  /** Seconds that they are good for; none for those that stay so. */
  readonly iceTtl?: number
  readonly participants: readonly VoiceParticipant[]
  readonly recording: VoiceRecording | null
  readonly e2ee: boolean
}

/** What voice says to the server; `chatId` is added on the way. */
export interface VoiceRequests {
  'voice:join': { readonly muted: boolean; readonly video: boolean; readonly listenOnly: boolean }
  'voice:leave': object
  'voice:ice-servers': object
  'voice:mute': { readonly muted: boolean; readonly deafened: boolean }
  'voice:publish': { readonly source: MediaSource }
  'voice:unpublish': { readonly source: MediaSource }
  'voice:signal': VoiceSignal & { readonly to?: string }
  'voice:speaking': { readonly speaking: boolean; readonly level: number }
  'voice:quality': { readonly quality: Exclude<LineQuality, 'unknown'> }
  'voice:hand': { readonly raised: boolean }
  'voice:react': { readonly emoji: string }
  'room:mute-member': { readonly participantId: string; readonly muted?: boolean; readonly hard?: boolean }
  'room:mute-all': { readonly hard?: boolean }
  'room:set-stage': { readonly stage: boolean }
  'room:record': { readonly on: boolean }
}

/** What the server says of voice in one chat. */
export type VoiceServerEvents = {
  [E in Exclude<Extract<ServerEvent, `voice:${string}`>, 'voice:signal'>]: ServerData<E>
} & { 'voice:signal': ReceivedSignal }

/** Asks the server about voice in our chat. Both reject with `ParleyError`. */
export interface VoiceLine {
  /** Waits a while for the chat to be joined. */
  request<E extends keyof VoiceRequests>(event: E, data: VoiceRequests[E]): Promise<unknown>
  /** Now or never: of no use to the line after this one. */
  send<E extends keyof VoiceRequests>(event: E, data: VoiceRequests[E]): Promise<unknown>
}
