import type { RtcConfig } from 'node-datachannel'
import type { ReceptionFigures } from '../rtp/reception.ts'
import type { AudioLevel, RtpPacket } from '../rtp/rtp-packet.ts'
import type { OwnSignal, StreamSource, TheirSignal, VoiceParticipant } from './voice-wire.ts'
import type { WebRtc } from './webrtc.ts'

/** Whose sound it is. */
export interface StreamOwner {
  readonly userId: string
  readonly source: StreamSource
}

/** A packet of somebody's sound. */
export interface HeardPacket extends StreamOwner {
  readonly packet: RtpPacket
  /** The packet's number in its stream, counted on beyond 16 bits. */
  readonly sequence: number
  /** When it came, by `performance.now()`. */
  readonly atMs: number
}

/** A packet of ours. */
export interface SpokenPacket {
  readonly payload: Uint8Array
  /** On the sender's 48 kHz clock. */
  readonly mediaTime: number
  readonly level: AudioLevel
  /** It comes after silence that was not sent. */
  readonly isFirst: boolean
}

/** How a receiver of ours gets what we send. */
export interface UplinkFigures {
  /** `null`: the server. */
  readonly userId: string | null
  /** The way there and back; `null` before a report came. */
  readonly roundTripMs: number | null
  /** 0–1, since the report before. */
  readonly fractionLost: number | null
}

export interface VoiceLegsOptions {
  readonly rtc: WebRtc
  readonly selfId: string
  readonly iceServers: RtcConfig['iceServers']
  /** Whether we have a line to send on. */
  readonly maySend: boolean
  /** Rejects when the server refuses. */
  readonly signal: (signal: OwnSignal) => Promise<void>
  readonly onPacket: (heard: HeardPacket) => void
  /** The legs can't be mended: join anew. */
  readonly onDead: () => void
}

/** The media of one stay in voice. */
export interface VoiceLegs extends Disposable {
  receive(signal: TheirSignal): void
  /** Who is in voice. `isKnown`: they know us from before, and would not offer by themselves. */
  meet(participants: readonly VoiceParticipant[], isKnown: boolean): void
  send(spoken: SpokenPacket): void
  /** Sends the reports that are due each second or so. */
  report(mediaTime: number): void
  /** All lines that are wanted stand. */
  readonly isConnected: boolean
  inbound(): readonly (StreamOwner & ReceptionFigures)[]
  uplinks(): readonly UplinkFigures[]
}
