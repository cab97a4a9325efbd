import type { Message } from '@parley/protocol/messenger'
import type { Measurement } from './monitor/measurement.ts'
import type { HeardPacket } from './voice/voice-legs.ts'
import type { VoiceEndReason, VoiceParticipant } from './voice/voice-wire.ts'

/** Somebody in the room. */
export interface Person {
  readonly userId: string
  readonly name: string
}

/** Why a bot is out of its room for good. */
export type EndReason = 'closed' | 'kicked' | 'expired' | 'refused' | 'replaced' | 'unauthorized'

/** What a bot tells, as it happens. */
export interface BotEvents {
  /** Somebody took a seat in the room, or gave it up. */
  joined: Person
  left: Person
  /** Somebody else wrote. */
  message: {
    readonly id: string
    readonly text: string
    readonly from: Person
    readonly at: number
    readonly message: Message
  }
  /** Somebody else came into voice, or left it. */
  'voice-joined': VoiceParticipant
  'voice-left': VoiceParticipant
  /** Somebody else began or ended to speak, as the bot hears it. `at`: Unix ms. */
  speaking: Person & { readonly isSpeaking: boolean; readonly at: number }
  /** How voice goes, once a second. */
  measured: Measurement
  /** Each packet of each person's sound as it came: Opus, mostly 20 ms. */
  packet: HeardPacket
  /** A host or moderator asked the bot to unmute. */
  'unmute-asked': { readonly byName: string }
  /** Out of voice, by no wish of the bot's. */
  'voice-ended': { readonly reason: VoiceEndReason }
  /** Out of the room for good. */
  ended: { readonly reason: EndReason }
}
