export interface Note {
  readonly hertz: number
  /** Seconds after the first one. */
  readonly at: number
}

/**
 * Soft notes. Browsers allow sound only after the person has done something on the page: until then, and where there
 * is no sound at all, it stays silent without complaint.
 */
export function createSoundPlayer() {
  let context: AudioContext | null = null

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
  // A part that was fetched late has missed the press that wanted it.
  if (navigator.userActivation?.hasBeenActive) unlock()

  return {
    /** Whether it could be heard. */
    play(notes: readonly Note[]): boolean {
      if (context === null || context.state !== 'running') return false
      for (const { hertz, at } of notes) playNote(context, hertz, context.currentTime + at)
      return true
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
