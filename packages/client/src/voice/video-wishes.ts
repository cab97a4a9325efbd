import { type Clock, createTimer } from '../clock.ts'
import type { Device } from '../device.ts'
import type { VideoView } from './voice-types.ts'
import type { VoiceParticipant, WantedVideo } from './voice-wire.ts'
import { wantedVideos } from './wanted-videos.ts'

export interface VideoWishesOptions {
  readonly clock: Clock
  readonly device: Device
  readonly participants: () => readonly VoiceParticipant[]
  readonly want: (videos: readonly WantedVideo[]) => void
}

/** Tiles are laid out in several steps, and windows are resized by dragging. */
const SETTLE_MS = 150

/** Asks for the videos that the page shows, as large as it shows them. */
export function createVideoWishes({ clock, device, participants, want }: VideoWishesOptions) {
  const settle = createTimer(clock)
  const aborter = new AbortController()
  let views: readonly VideoView[] = []
  let told = '[]'
  document.addEventListener('visibilitychange', refresh, { signal: aborter.signal })

  function ask(): void {
    const sending = new Map(participants().map(({ userId, sources }) => [userId, sources]))
    const videos = wantedVideos(views, { isHidden: device.isHidden(), pixelRatio: window.devicePixelRatio }).filter(
      ({ userId, source }) => sending.get(userId)?.includes(source),
    )
    const next = JSON.stringify(videos)
    if (next === told) return
    told = next
    want(videos)
  }

  function refresh(): void {
    settle.set(SETTLE_MS, ask)
  }

  return {
    set(next: readonly VideoView[]): void {
      views = next
      refresh()
    },
    refresh,
    /** Whom we asked is not there any more: asks again. */
    again(): void {
      told = '[]'
      ask()
    },
    stop(): void {
      settle.clear()
      aborter.abort()
    },
  }
}
