import type { IceServer } from '@parley/protocol/messenger'

export type StreamSource = 'mic' | 'camera' | 'screen' | 'screen-audio'

/** Somebody in voice, as the server tells of them. */
export interface VoiceParticipant {
  readonly userId: string
  readonly name: string
  /** Unix ms. */
  readonly joinedAt: number
  readonly muted: boolean
  /** By a moderator: they can't unmute. */
  readonly hardMuted: boolean
  readonly deafened: boolean
  readonly listenOnly: boolean
  readonly speaking: boolean
  readonly sources: readonly ('mic' | 'camera' | 'screen')[]
}

export interface SignalledStream {
  readonly mid?: string
  readonly source: StreamSource
  readonly userId?: string
}

/** What one side says to the other about its media. */
export interface VoiceSignal {
  readonly to?: string
  readonly from?: string
  readonly description?: { readonly type: 'offer' | 'answer'; readonly sdp: string }
  readonly candidate?: { readonly candidate?: string; readonly sdpMid?: string | null } | null
  readonly streams?: readonly SignalledStream[]
  readonly leg?: 'publish' | 'subscribe'
}

export interface VoiceJoined {
  readonly topology: 'mesh' | 'sfu'
  readonly iceServers: readonly IceServer[]
  readonly participants: readonly VoiceParticipant[]
  readonly e2ee: boolean
}
