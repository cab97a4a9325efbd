import type { VideoView } from '@parley/client'

/** One element that shows a video. `staysWhenHidden`: it is seen although the page is not, in a window of its own. */
export interface ShownVideo extends VideoView {
  readonly staysWhenHidden: boolean
}

/**
 * Gathers how large each video is shown and tells it as one list, once per turn of `schedule`. A hidden page asks for
 * nothing but what floats in a window of its own.
 */
export function createVideoViews(
  tell: (views: readonly VideoView[]) => void,
  schedule: (work: () => void) => void = (work) => setTimeout(work, 100),
) {
  const shown = new Map<symbol, ShownVideo>()
  let isHidden = false
  let isScheduled = false
  let told = ''

  const flush = () => {
    isScheduled = false
    const views = new Map<string, VideoView>()
    for (const { staysWhenHidden, ...view } of shown.values()) {
      if ((isHidden && !staysWhenHidden) || view.width === 0 || view.height === 0) continue
      const key = `${view.userId}:${view.source}`
      const other = views.get(key)
      if (other === undefined || other.width * other.height < view.width * view.height) views.set(key, view)
    }
    const list = [...views.values()].sort((a, b) => b.width * b.height - a.width * a.height)
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
    show(id: symbol, video: ShownVideo): void {
      shown.set(id, video)
      change()
    },
    hide(id: symbol): void {
      if (shown.delete(id)) change()
    },
    setHidden(hidden: boolean): void {
      if (isHidden === hidden) return
      isHidden = hidden
      change()
    },
  }
}

export type VideoViews = ReturnType<typeof createVideoViews>
