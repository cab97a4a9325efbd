import { useEffect, useState } from 'react'

export interface VisibleArea {
  readonly heightPx: number
  readonly topPx: number
}

const measure = (): VisibleArea => ({
  heightPx: window.visualViewport?.height ?? window.innerHeight,
  topPx: window.visualViewport?.offsetTop ?? 0,
})

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
