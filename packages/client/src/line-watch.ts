import { type Clock, createTimer } from './clock.ts'
import type { Device } from './device.ts'
import type { Timings } from './timings.ts'

export interface LineWatchOptions {
  readonly clock: Clock
  readonly device: Device
  readonly timings: Timings
}

/** What the watch needs to know of the connection, and what it makes it do. */
export interface WatchedLine {
  isUp(): boolean
  /** When there was the last sign of life, and the last request of ours. */
  heardAt(): number
  sentAt(): number
  /** Find out whether the line is alive. */
  probe(): void
  /** Don't wait any longer for the next attempt. */
  hurry(): void
  offline(): void
  activity(): void
}

/** A page in the background gets its timers once a minute. */
const HIDDEN_SLACK_MS = 75_000
const SLACK_MS = 10_000

/**
 * Notices when the line may have died unheard: the device slept, changed its network, or the page comes back
 * from the background.
 */
export function watchLine({ clock, device, timings }: LineWatchOptions, line: WatchedLine) {
  const ticker = createTimer(clock)
  let unlisten: (() => void) | null = null
  let tickAt = 0

  function tick(): void {
    const lateMs = clock.now() - tickAt
    scheduleTick()
    if (lateMs > (device.isHidden() ? HIDDEN_SLACK_MS : SLACK_MS)) check()
  }

  function scheduleTick(): void {
    tickAt = clock.now() + timings.tickMs
    ticker.set(timings.tickMs, tick)
  }

  function check(): void {
    if (!line.isUp()) line.hurry()
    else if (clock.now() - line.heardAt() >= timings.freshMs) line.probe()
  }

  function onActivity(): void {
    line.activity()
    if (line.isUp() && clock.now() - line.sentAt() >= timings.activityMs) line.probe()
  }

  return {
    /** Harmless when it watches already. */
    start(): void {
      if (unlisten !== null) return
      scheduleTick()
      unlisten = device.listen((signal) => {
        if (signal === 'offline') line.offline()
        else if (signal === 'activity') onActivity()
        else {
          line.activity()
          if (signal === 'online' && line.isUp()) line.probe()
          else check()
        }
      })
    },
    stop(): void {
      ticker.clear()
      unlisten?.()
      unlisten = null
    },
  }
}
