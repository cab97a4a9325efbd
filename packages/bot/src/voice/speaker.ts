import { SILENCE } from '../ogg/opus-packet.ts'
import type { SpokenTrack } from './spoken-track.ts'
import type { SpokenPacket } from './voice-legs.ts'

export interface PlayOptions {
  /** Begins again at its end, until `signal` ends it. */
  readonly loop?: boolean
  readonly signal?: AbortSignal
}

/** Says packets at their time, and a little silence now and then in between, which keeps the line alive. */
export interface Speaker extends Disposable {
  /** As of now, on the 48 kHz clock of what is sent. */
  readonly mediaTime: number
  /** Resolves at the end of the track, or when `signal` ends it. One at a time: what plays before is cut off. */
  play(track: SpokenTrack, options?: PlayOptions): Promise<void>
  /** What plays is cut off. */
  stop(): void
}

const SAMPLES_PER_MS = 48
const SILENCE_EVERY_MS = 400
const SILENT = { belowFullDb: 127, isVoice: false } as const
/** A machine that slept does not say at once what it should have said meanwhile. */
const MAX_LATE_MS = 500

export function createSpeaker(send: (spoken: SpokenPacket) => void): Speaker {
  const startedAt = performance.now()
  let cut: () => void = () => undefined
  let isPlaying = false
  const now = (): number => (performance.now() - startedAt) * SAMPLES_PER_MS
  const breath = setInterval(() => {
    if (!isPlaying) send({ payload: SILENCE, mediaTime: now(), level: SILENT, isFirst: false })
  }, SILENCE_EVERY_MS)

  function play(track: SpokenTrack, { loop = false, signal }: PlayOptions = {}): Promise<void> {
    cut()
    if (signal?.aborted) return Promise.resolve()
    const { promise, resolve } = Promise.withResolvers<void>()
    let timer: NodeJS.Timeout | null = null
    let index = 0
    let dueAt = now()
    let isFirst = true
    isPlaying = true
    const end = (): void => {
      if (timer !== null) clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      cut = () => undefined
      isPlaying = false
      resolve()
    }
    cut = end
    signal?.addEventListener('abort', end)
    const say = (): void => {
      if (now() - dueAt > MAX_LATE_MS * SAMPLES_PER_MS) dueAt = now()
      while (dueAt <= now()) {
        if (index === track.packets.length && loop) index = 0
        const packet = track.packets[index]
        if (packet === undefined) {
          end()
          return
        }
        send({ payload: packet.payload, mediaTime: dueAt, level: packet.level, isFirst })
        isFirst = false
        dueAt += packet.samples
        index += 1
      }
      timer = setTimeout(say, Math.max(0, dueAt - now()) / SAMPLES_PER_MS)
    }
    say()
    return promise
  }

  return {
    get mediaTime() {
      return now()
    },
    play,
    stop: () => cut(),
    [Symbol.dispose]() {
      cut()
      clearInterval(breath)
    },
  }
}
