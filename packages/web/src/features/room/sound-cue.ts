import { createSoundPlayer } from './sound-player.ts'

/** Not more than one sound in this time, however many messages come. */
const PAUSE_MS = 2000
const NOTES = [
  { hertz: 587.33, at: 0 },
  { hertz: 880, at: 0.09 },
] as const

/** Two soft notes for what arrives. */
export function createSoundCue() {
  const player = createSoundPlayer()
  let lastAt = Number.NEGATIVE_INFINITY
  return {
    play(): void {
      if (performance.now() - lastAt < PAUSE_MS) return
      if (player.play(NOTES)) lastAt = performance.now()
    },
    close: player.close,
  }
}
