import { useEffect, useState } from 'react'
import { serverAheadMs } from './server-clock.ts'

/** The time in Unix ms, renewed every `everyMs` while the component is there; `null` stops the clock. */
export function useNow(everyMs: number | null): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (everyMs === null) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}

/** The same by the server's clock, for times that it gave: a device's own may be hours away from it. */
export const useServerNow = (everyMs: number): number => useNow(everyMs) + serverAheadMs()
