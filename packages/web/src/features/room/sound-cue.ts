/** Not more than one sound in this time, however many messages come. */
const PAUSE_MS = 2000
const NOTES = [
  { hertz: 587.33, at: 0 },
  { hertz: 880, at: 0.09 },
] as const

/**
 * Two soft notes. Browsers allow sound only after the person has done something on the page: until then, and where
 * there is no sound at all, it stays silent without complaint.
 */
export function createSoundCue() {
  let context: AudioContext | null = null
  let lastAt = Number.NEGATIVE_INFINITY

  const unlock = () => {
    try {
      context ??= new AudioContext()
      void context.resume().catch(() => undefined)
    } catch {
      // No audio here.
    }
  }
  const gestures = ['pointerdown', 'keydown'] as const
  for (const gesture of gestures) addEventListener(gesture, unlock, { once: true, passive: true })

  return {
    play(): void {
      if (context === null || context.state !== 'running' || performance.now() - lastAt < PAUSE_MS) return
      lastAt = performance.now()
      for (const { hertz, at } of NOTES) playNote(context, hertz, context.currentTime + at)
    },
    close(): void {
      for (const gesture of gestures) removeEventListener(gesture, unlock)
      void context?.close()
      context = null
    },
  }
}

function playNote(context: AudioContext, hertz: number, at: number): void {
  const tone = context.createOscillator()
  const volume = context.createGain()
  tone.type = 'sine'
  tone.frequency.value = hertz
  volume.gain.setValueAtTime(0, at)
  volume.gain.linearRampToValueAtTime(0.06, at + 0.015)
  volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.45)
  tone.connect(volume).connect(context.destination)
  tone.start(at)
  tone.stop(at + 0.5)
}
