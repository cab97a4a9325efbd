import { systemClock } from '../clock.ts'
import { createListeners } from '../listeners.ts'
import { createAudioHub } from './audio-hub.ts'
import { tickByAudio } from './audio-ticker.ts'
import { captureMicrophone } from './capture.ts'
import { createLevelMeter } from './level-meter.ts'
import { DEFAULT_MICROPHONE } from './microphone-settings.ts'
import { createPlayback } from './playback.ts'
import type { MicrophoneSettings } from './voice-types.ts'

export interface MicrophoneTestOptions {
  /** `null`: the default one. */
  readonly microphoneId?: string | null
  readonly speakerId?: string | null
  readonly settings?: Partial<MicrophoneSettings>
}

export interface MicrophoneTestSnapshot {
  readonly state: 'off' | 'starting' | 'on' | 'blocked' | 'missing'
  /** 0–1, on the scale of a threshold for voice activation. */
  readonly level: number
  /** One hears oneself. */
  readonly hearing: boolean
}

/** Shows what the microphone hears, and lets one hear oneself, before joining. */
export interface MicrophoneTest {
  getSnapshot(): MicrophoneTestSnapshot
  subscribe(listener: () => void): () => void
  /** Opens the microphone, or another one in its place. Never rejects. */
  start(options?: MicrophoneTestOptions): Promise<void>
  hear(on: boolean): void
  stop(): void
}

const TICK_MS = 50

export function createMicrophoneTest(): MicrophoneTest {
  const changed = createListeners<void>()
  let snapshot: MicrophoneTestSnapshot = { state: 'off', level: 0, hearing: false }
  let end: () => void = () => undefined
  let playback: ReturnType<typeof createPlayback> | null = null
  let run = 0

  function set(change: Partial<MicrophoneTestSnapshot>): void {
    snapshot = { ...snapshot, ...change }
    changed.tell()
  }

  function stop(): void {
    run += 1
    end()
    end = () => undefined
    playback = null
    set({ state: 'off', level: 0 })
  }

  return {
    getSnapshot: () => snapshot,
    subscribe: changed.add,
    async start({ microphoneId = null, speakerId = null, settings = {} } = {}) {
      stop()
      const mine = run
      set({ state: 'starting' })
      const { track, failure } = await captureMicrophone(microphoneId, { ...DEFAULT_MICROPHONE, ...settings })
      if (mine !== run) return track?.stop()
      if (track === null) return set({ state: failure ?? 'missing' })
      const hub = createAudioHub()
      const meter = createLevelMeter(hub.context, hub.context.createMediaStreamSource(new MediaStream([track])))
      const heard = createPlayback(hub.context)
      const stopTicking = tickByAudio(hub.context, systemClock, TICK_MS, () => set({ level: meter.read() }))
      heard.setDeafened(!snapshot.hearing)
      heard.add({ userId: '', source: 'mic', track })
      void heard.setSpeaker(speakerId)
      playback = heard
      track.addEventListener('ended', () => mine === run && stop())
      end = () => {
        stopTicking()
        meter.close()
        heard.close()
        track.stop()
        hub.close()
      }
      set({ state: 'on' })
    },
    hear(on) {
      playback?.setDeafened(!on)
      set({ hearing: on })
    },
    stop,
  }
}
