import type { RemoteTrack } from './media-legs.ts'

/** What we hear of others. */
export interface Playback {
  add(remote: RemoteTrack): void
  remove(remote: RemoteTrack): void
  /** 0–2 */
  setVolume(userId: string, volume: number): void
  setDeafened(deafened: boolean): void
  /** Plays nothing of these people, whatever they send. */
  silence(userIds: ReadonlySet<string>): void
  /** `null`: the system's default. Resolves false where the browser can't choose, or the device is gone. */
  setSpeaker(speakerId: string | null): Promise<boolean>
  hears(userId: string): boolean
  close(): void
}

interface Voice {
  readonly userId: string
  readonly gain: GainNode
  stop(): void
}

/** A step in loudness that does not click. */
const RAMP_SECONDS = 0.02

export function createPlayback(context: AudioContext): Playback {
  const voices = new Map<MediaStreamTrack, Voice>()
  const volumes = new Map<string, number>()
  const master = context.createGain()
  let silenced: ReadonlySet<string> = new Set()
  let output: HTMLAudioElement | null = null
  let sinkId = ''
  master.connect(context.destination)

  const volumeOf = (userId: string): number => (silenced.has(userId) ? 0 : (volumes.get(userId) ?? 1))

  function glide(gain: GainNode, to: number): void {
    gain.gain.setTargetAtTime(to, context.currentTime, RAMP_SECONDS / 3)
  }

  function play(track: MediaStreamTrack, gain: GainNode): () => void {
    const stream = new MediaStream([track])
    // Chromium decodes a track only while an element plays it, be it without a sound.
    const element = new Audio()
    element.muted = true
    element.srcObject = stream
    element.play().catch(() => undefined)
    const source = context.createMediaStreamSource(stream)
    source.connect(gain).connect(master)
    return () => {
      source.disconnect()
      gain.disconnect()
      element.srcObject = null
    }
  }

  async function setSink(speakerId: string): Promise<boolean> {
    try {
      if ('setSinkId' in context && typeof context.setSinkId === 'function') {
        await context.setSinkId(speakerId)
        return true
      }
      // Elsewhere an element can choose, and plays what the context makes.
      const element = output ?? new Audio()
      if (!('setSinkId' in element)) return speakerId === ''
      if (output === null && speakerId !== '') {
        const sink = context.createMediaStreamDestination()
        element.srcObject = sink.stream
        master.disconnect()
        master.connect(sink)
        output = element
        element.play().catch(() => undefined)
      }
      await output?.setSinkId(speakerId)
      return true
    } catch {
      return false
    }
  }

  return {
    add({ userId, track }) {
      if (track.kind !== 'audio' || voices.has(track)) return
      const gain = context.createGain()
      gain.gain.value = volumeOf(userId)
      voices.set(track, { userId, gain, stop: play(track, gain) })
    },
    remove({ track }) {
      voices.get(track)?.stop()
      voices.delete(track)
    },
    setVolume(userId, volume) {
      volumes.set(userId, volume)
      for (const voice of voices.values()) if (voice.userId === userId) glide(voice.gain, volumeOf(userId))
    },
    silence(userIds) {
      silenced = userIds
      for (const { userId, gain } of voices.values()) glide(gain, volumeOf(userId))
    },
    setDeafened: (deafened) => glide(master, deafened ? 0 : 1),
    async setSpeaker(speakerId) {
      const next = speakerId ?? ''
      if (next === sinkId) return true
      const isSet = await setSink(next)
      if (isSet) sinkId = next
      return isSet
    },
    hears: (userId) => [...voices.values()].some((voice) => voice.userId === userId),
    close() {
      for (const { stop } of voices.values()) stop()
      voices.clear()
      master.disconnect()
      if (output !== null) output.srcObject = null
    },
  }
}
