import type { VideoSource } from '@parley/client'
import { createContext, type RefObject, use, useEffect, useMemo } from 'react'
import { isFloating, watchFloating } from '../../platform/floating-video.ts'
import { createVideoViews, type VideoViews } from '../../state/video-views.ts'
import { useRoom } from '../room/room-context.tsx'

export const VideoViewsContext = createContext<VideoViews | null>(null)

/** The list of the videos that this page shows, told to voice as it changes. */
export function useVideoViews(): VideoViews {
  const { voice } = useRoom().room
  return useMemo(() => createVideoViews((list) => voice.setViews(list)), [voice])
}

export interface ShownOptions {
  readonly userId: string
  readonly source: VideoSource
  readonly staysWhenHidden: boolean
  /** One's own picture needs no asking for. */
  readonly isSelf: boolean
}

/** Puts an element on that list while it is there, with its size. */
export function useShownVideo(
  element: RefObject<HTMLElement | null>,
  { userId, source, staysWhenHidden, isSelf }: ShownOptions,
): void {
  const views = use(VideoViewsContext)
  useEffect(() => {
    const shown = element.current
    if (views === null || shown === null || isSelf) return
    const id = Symbol(userId)
    let size = { width: 0, height: 0 }
    const tell = () =>
      views.show(id, { userId, source, ...size, staysWhenHidden: staysWhenHidden || isFloating(shown) })
    const observer = new ResizeObserver(([entry]) => {
      if (entry === undefined) return
      const { width, height } = entry.contentRect
      size = { width: Math.round(width), height: Math.round(height) }
      tell()
    })
    observer.observe(shown)
    const stopWatching = watchFloating(shown, tell)
    return () => {
      observer.disconnect()
      stopWatching()
      views.hide(id)
    }
  }, [views, element, userId, source, staysWhenHidden, isSelf])
}
