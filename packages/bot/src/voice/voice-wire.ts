import type { IceServer, MediaStreamInfo, ServerData, StreamSource, VoiceParticipant } from '@parley/protocol/messenger'

export type { StreamSource, VoiceParticipant }
export type SignalledStream = MediaStreamInfo
export type VoiceEndReason = ServerData<'voice:ended'>['reason']
/** What is said to us. */
export type TheirSignal = Omit<ServerData<'voice:signal'>, 'chatId'>
/** What we say of our media. */
export type OwnSignal = Omit<TheirSignal, 'from'> & { readonly to?: string; readonly leg?: 'publish' | 'subscribe' }

/** The answer to `voice:join`. */
export interface VoiceJoined {
  readonly topology: 'mesh' | 'sfu'
  readonly iceServers: readonly IceServer[]
  readonly participants: readonly VoiceParticipant[]
  readonly e2ee: boolean
}
