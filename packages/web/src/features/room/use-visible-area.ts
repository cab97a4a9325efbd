import { useEffect, useState } from 'react'

export interface VisibleArea {
  readonly heightPx: number
  readonly topPx: number
  /** Most likely a keyboard covers a good part of it. */
  readonly hasKeyboard: boolean
}

/** A browser's own bars take less than this of the page. */
const KEYBOARD_FROM = 0.25

function measure(): VisibleArea {
  const heightPx = window.visualViewport?.height ?? window.innerHeight
  return {
    heightPx,
    topPx: window.visualViewport?.offsetTop ?? 0,
    hasKeyboard: heightPx < window.innerHeight * (1 - KEYBOARD_FROM),
  }
}

/** The part of the page that the on-screen keyboard leaves free. */
export function useVisibleArea(): VisibleArea {
  const [area, setArea] = useState(measure)
  useEffect(() => {
    const update = () => {
      const next = measure()
      // Zoomed in, the visible part is smaller than the page on purpose.
      if ((window.visualViewport?.scale ?? 1) > 1.01) return
      setArea((before) => (before.heightPx === next.heightPx && before.topPx === next.topPx ? before : next))
    }
    const { visualViewport } = window
    visualViewport?.addEventListener('resize', update)
    visualViewport?.addEventListener('scroll', update)
    addEventListener('resize', update)
    return () => {
      visualViewport?.removeEventListener('resize', update)
      visualViewport?.removeEventListener('scroll', update)
      removeEventListener('resize', update)
    }
  }, [])
  return area
}
