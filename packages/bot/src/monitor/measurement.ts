/** How one person is heard. */
export interface PersonMeasurement {
  readonly userId: string
  readonly name: string
  readonly isMuted: boolean
  readonly isSpeaking: boolean
  /** Decibels, 0 the loudest, smoothed; `null`: nothing is heard. */
  readonly levelDb: number | null
  /** Since the bot listens, in ms. */
  readonly spokeMs: number
  /** Lost of what was expected since the measurement before, 0–1; `null` when nothing was expected. */
  readonly loss: number | null
  /** Packets, since the bot listens. */
  readonly lost: number
  readonly received: number
  /** RFC 3550; `null`: nothing came yet. */
  readonly jitterMs: number | null
  /** Bits a second of sound, since the measurement before. */
  readonly bitsPerSecond: number
}

/** How voice goes, at one moment. */
export interface Measurement {
  /** Unix ms. */
  readonly at: number
  readonly topology: 'mesh' | 'sfu'
  readonly isConnected: boolean
  /** To the media server and back, or to the farthest person under mesh; `null`: not known. */
  readonly roundTripMs: number | null
  /** Lost on the way from the bot, 0–1; `null`: not known. */
  readonly uplinkLoss: number | null
  readonly people: readonly PersonMeasurement[]
}
