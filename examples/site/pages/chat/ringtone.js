/** What a phone sounds like: here when somebody calls, and there while we wait. `null`: silence. */
const MELODIES = {
  incoming: { notes: [659, 784, 988, 784], noteMs: 180, everyMs: 2600, volume: 0.16 },
  outgoing: { notes: [425], noteMs: 900, everyMs: 3600, volume: 0.06 },
}
const FADE_S = 0.03
const VIBRATION_MS = [200, 120, 200]

/** Rings by sound, and by vibration where the device can. A page that nobody has touched yet rings in silence: browsers will have it so. */
export function createRingtone() {
  let context = null
  let timer = 0
  let playing = null

  function playOnce({ notes, noteMs, volume }) {
    if (playing === 'incoming') navigator.vibrate?.(VIBRATION_MS)
    if (context.state !== 'running') return
    notes.forEach((frequency, index) => {
      const from = context.currentTime + (index * noteMs) / 1000
      const until = from + noteMs / 1000
      const tone = new OscillatorNode(context, { frequency, type: 'triangle' })
      const gain = new GainNode(context, { gain: 0 })
      gain.gain.setValueAtTime(0, from)
      gain.gain.linearRampToValueAtTime(volume, from + FADE_S)
      gain.gain.setValueAtTime(volume, until - FADE_S)
      gain.gain.linearRampToValueAtTime(0, until)
      tone.connect(gain).connect(context.destination)
      tone.start(from)
      tone.stop(until)
    })
  }

  return function ring(kind) {
    if (kind === playing) return
    playing = kind
    clearInterval(timer)
    if (kind === null) {
      navigator.vibrate?.(0)
      // Notes that are still to come are not played any more.
      void context?.close()
      context = null
      return
    }
    context ??= new AudioContext()
    const melody = MELODIES[kind]
    playOnce(melody)
    timer = setInterval(() => playOnce(melody), melody.everyMs)
  }
}
