import type { AudioLevel } from '../rtp/rtp-packet.ts'

/** Whether somebody speaks, from the levels of their packets. Times of `performance.now()`. */
export interface SpeechDetector {
  hear(level: AudioLevel, atMs: number): void
  isSpeaking(nowMs: number): boolean
  /** Decibels below overload, smoothed: 0 is the loudest, 127 is silence. */
  levelDb(nowMs: number): number
}

export const SILENT_DB = 127
/** Louder than this on average is speech. */
const SPEECH_DB = 50
/** The pause between two words is no end of speech. */
const HOLD_MS = 400
/** Nothing came for so long: silence. */
const STALE_MS = 300
/** Weight of the newest packet: about ten of them make the average. */
const SMOOTHING = 0.2

const powerOf = (belowFullDb: number): number => (belowFullDb >= SILENT_DB ? 0 : 10 ** (-belowFullDb / 10))

/** What counts as level 1 on the wire, and what as 0. */
const LOUDEST_DB = 10

/** A level for a meter: 0–1, the softest speech being 0. */
export const meterOf = (belowFullDb: number): number =>
  Math.min(1, Math.max(0, (SPEECH_DB + LOUDEST_DB - belowFullDb) / SPEECH_DB))

export function createSpeechDetector(): SpeechDetector {
  let average = 0
  let heardAtMs = Number.NEGATIVE_INFINITY
  let loudAtMs = Number.NEGATIVE_INFINITY
  return {
    hear({ belowFullDb }, atMs) {
      if (atMs - heardAtMs > STALE_MS) average = 0
      average += SMOOTHING * (powerOf(belowFullDb) - average)
      heardAtMs = atMs
      if (average > powerOf(SPEECH_DB)) loudAtMs = atMs
    },
    isSpeaking: (nowMs) => nowMs - loudAtMs < HOLD_MS,
    levelDb: (nowMs) =>
      nowMs - heardAtMs > STALE_MS || average === 0 ? SILENT_DB : Math.min(SILENT_DB, -10 * Math.log10(average)),
  }
}
