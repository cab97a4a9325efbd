import type { VideoView } from '@parley/client'

/**
 * Gathers how large each video is shown and tells it as one list, once per turn of `schedule`. What of it counts, on a
 * hidden page and of a video shown twice, the SDK decides.
 */
export function createVideoViews(
  tell: (views: readonly VideoView[]) => void,
  schedule: (work: () => void) => void = (work) => setTimeout(work, 100),
) {
  const shown = new Map<symbol, VideoView>()
  let isScheduled = false
  let told = ''

  const flush = () => {
    isScheduled = false
    const list = [...shown.values()]
      .filter(({ width, height }) => width > 0 && height > 0)
      .sort((a, b) => b.width * b.height - a.width * a.height)
    const text = JSON.stringify(list)
    if (text === told) return
    told = text
    tell(list)
  }
  const change = () => {
    if (isScheduled) return
    isScheduled = true
    schedule(flush)
  }

  return {
    /** `id` is the element's own. */
    show(id: symbol, video: VideoView): void {
      shown.set(id, video)
      change()
    },
    hide(id: symbol): void {
      if (shown.delete(id)) change()
    },
  }
}

export type VideoViews = ReturnType<typeof createVideoViews>
