import { type Clock, createTimer } from '../clock.ts'
import { createQualityWatch, type MeasuredQuality } from './line-quality.ts'
import type { MediaLine } from './media-legs.ts'
import { createVoiceStats } from './voice-stats.ts'
import type { LineQuality } from './voice-types.ts'

const INTERVAL_MS = 3000

/** Looks at our line every few seconds and tells when it gets better or worse. */
export function watchQuality(options: {
  readonly clock: Clock
  readonly lines: () => readonly MediaLine[]
  readonly onChange: (quality: MeasuredQuality) => void
}) {
  const timer = createTimer(options.clock)
  const stats = createVoiceStats(options.lines)
  const watch = createQualityWatch(options.onChange)
  let isStopped = false

  function look(): void {
    timer.set(INTERVAL_MS, () => {
      if (options.lines().length === 0) return look()
      stats
        .measure()
        .then(({ sample, route }) => route !== 'unknown' && watch.add(sample))
        .catch(() => undefined)
        .finally(() => isStopped || look())
    })
  }

  return {
    get quality(): LineQuality {
      return watch.quality
    },
    start: look,
    stop(): void {
      isStopped = true
      timer.clear()
    },
  }
}
