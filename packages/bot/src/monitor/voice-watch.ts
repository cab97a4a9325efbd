import { createSpeechDetector, SILENT_DB, type SpeechDetector } from '../voice/speech-detector.ts'
import type { HeardPacket } from '../voice/voice-legs.ts'
import type { VoiceSession } from '../voice/voice-session.ts'
import type { VoiceParticipant } from '../voice/voice-wire.ts'
import type { Measurement, PersonMeasurement } from './measurement.ts'
import { type ContinuedCounts, createContinuedCounts, greatest } from './reception-counts.ts'

export interface VoiceWatchOptions {
  readonly selfId: string
  /** Called for others only, not for the bot itself. */
  readonly onSpeaking: (participant: VoiceParticipant, isSpeaking: boolean) => void
}

/** Follows who speaks, and takes the measure of how each is heard. Times of `performance.now()`. */
export interface VoiceWatch {
  setParticipants(participants: readonly VoiceParticipant[], nowMs: number): void
  hear(heard: HeardPacket): void
  /** Notices those who fell silent; several times a second. */
  tick(nowMs: number): void
  measure(session: Pick<VoiceSession, 'topology' | 'isConnected' | 'inbound' | 'uplinks'>, nowMs: number): Measurement
}

interface Watched {
  participant: VoiceParticipant
  readonly speech: SpeechDetector
  readonly counts: ContinuedCounts
  isSpeaking: boolean
  /** Since when, while they speak. */
  sinceMs: number
  spokeMs: number
}

export function createVoiceWatch({ selfId, onSpeaking }: VoiceWatchOptions): VoiceWatch {
  const watched = new Map<string, Watched>()
  let measuredAtMs = performance.now()

  function setSpeaking(one: Watched, isSpeaking: boolean, nowMs: number): void {
    if (one.isSpeaking === isSpeaking) return
    one.isSpeaking = isSpeaking
    if (isSpeaking) one.sinceMs = nowMs
    else one.spokeMs += nowMs - one.sinceMs
    onSpeaking(one.participant, isSpeaking)
  }

  function measurePerson(
    one: Watched,
    streams: ReturnType<VoiceSession['inbound']>,
    seconds: number,
    nowMs: number,
  ): PersonMeasurement {
    const { userId, name, muted } = one.participant
    const since = one.counts.take(streams.filter((stream) => stream.userId === userId))
    const { received, lost, jitterMs } = one.counts.total
    const expected = since.lost + since.received
    const belowFullDb = one.speech.levelDb(nowMs)
    return {
      userId,
      name,
      isMuted: muted,
      isSpeaking: one.isSpeaking,
      levelDb: belowFullDb >= SILENT_DB ? null : -belowFullDb,
      spokeMs: one.spokeMs + (one.isSpeaking ? nowMs - one.sinceMs : 0),
      loss: expected === 0 ? null : since.lost / expected,
      lost,
      received,
      jitterMs,
      bitsPerSecond: seconds <= 0 ? 0 : Math.round((since.bytes * 8) / seconds),
    }
  }

  return {
    setParticipants(participants, nowMs) {
      const others = participants.filter(({ userId }) => userId !== selfId)
      for (const [userId, one] of watched) {
        if (others.some((other) => other.userId === userId)) continue
        setSpeaking(one, false, nowMs)
        watched.delete(userId)
      }
      for (const participant of others) {
        const one = watched.get(participant.userId)
        if (one !== undefined) one.participant = participant
        else
          watched.set(participant.userId, {
            participant,
            speech: createSpeechDetector(),
            counts: createContinuedCounts(),
            isSpeaking: false,
            sinceMs: 0,
            spokeMs: 0,
          })
      }
    },
    hear({ userId, source, packet, atMs }) {
      const one = watched.get(userId)
      if (one === undefined || source !== 'mic' || packet.level === null) return
      one.speech.hear(packet.level, atMs)
      setSpeaking(one, one.speech.isSpeaking(atMs), atMs)
    },
    tick(nowMs) {
      for (const one of watched.values()) setSpeaking(one, one.speech.isSpeaking(nowMs), nowMs)
    },
    measure(session, nowMs) {
      const seconds = (nowMs - measuredAtMs) / 1000
      measuredAtMs = nowMs
      const streams = session.inbound()
      const uplinks = session.uplinks()
      return {
        at: Date.now(),
        topology: session.topology,
        isConnected: session.isConnected,
        roundTripMs: greatest(uplinks.map(({ roundTripMs }) => roundTripMs)),
        uplinkLoss: greatest(uplinks.map(({ fractionLost }) => fractionLost)),
        people: [...watched.values()].map((one) => measurePerson(one, streams, seconds, nowMs)),
      }
    },
  }
}
