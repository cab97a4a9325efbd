import { type Clock, createTimer } from '../clock.ts'
import type { Device } from '../device.ts'

export interface NetworkWatchOptions {
  readonly clock: Clock
  readonly device: Device
  /** Our address may be another, or the device slept. */
  readonly onChange: () => void
  /** Nobody looks at the page any more: what is held down there may be let go unheard. */
  readonly onAway: () => void
}

const TICK_MS = 2000
/** Later than this, and the device slept; pages in the background get their timers late. */
const LATE_MS = 5000
const LATE_HIDDEN_MS = 75_000

/** `navigator.connection` (Network Information API), where there is one. */
const networkInformation = (): EventTarget | undefined => {
  const { connection } = navigator as { connection?: unknown }
  return connection instanceof EventTarget ? connection : undefined
}

/** Notices what breaks media without a word. */
export function watchNetwork({ clock, device, onChange, onAway }: NetworkWatchOptions) {
  const ticker = createTimer(clock)
  let stopListening: (() => void) | null = null

  function tick(): void {
    const dueAt = clock.now() + TICK_MS
    ticker.set(TICK_MS, () => {
      const lateMs = clock.now() - dueAt
      tick()
      if (lateMs > (device.isHidden() ? LATE_HIDDEN_MS : LATE_MS)) onChange()
    })
  }

  return {
    start(): void {
      if (stopListening !== null) return
      const aborter = new AbortController()
      const { signal } = aborter
      const unlisten = device.listen((tells) => tells === 'online' && onChange())
      networkInformation()?.addEventListener('change', onChange, { signal })
      window.addEventListener('blur', onAway, { signal })
      document.addEventListener('visibilitychange', () => document.hidden && onAway(), { signal })
      tick()
      stopListening = () => {
        unlisten()
        aborter.abort()
      }
    },
    stop(): void {
      ticker.clear()
      stopListening?.()
      stopListening = null
    },
  }
}
