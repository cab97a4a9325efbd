import { useCallback, useEffect, useRef, useState } from 'react'

interface Asked<T> {
  /** The latest answer; `null` before the first one. */
  readonly answer: T | null
  /** Why the latest try failed; `null` when it did not. */
  readonly error: unknown
  /** Asks now. Resolves when it is answered. */
  readonly again: () => Promise<void>
}

/**
 * Asks at once, and again `everyMs` after each answer while the page is looked at. `ask` must stay the same from one
 * rendering to the next, else it is asked anew; what was asked before then counts no more.
 */
export function useAsked<T>(ask: () => Promise<T>, everyMs: number): Asked<T> {
  const [answer, setAnswer] = useState<T | null>(null)
  const [error, setError] = useState<unknown>(null)
  const latest = useRef(0)

  const again = useCallback(async () => {
    latest.current += 1
    const turn = latest.current
    try {
      const given = await ask()
      if (turn !== latest.current) return
      setAnswer(given)
      setError(null)
    } catch (failure) {
      if (turn === latest.current) setError(failure)
    }
  }, [ask])

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let isOver = false
    const round = async () => {
      if (!document.hidden) await again()
      if (!isOver) timer = setTimeout(round, everyMs)
    }
    const onShown = () => {
      if (!document.hidden) void again()
    }
    void round()
    document.addEventListener('visibilitychange', onShown)
    return () => {
      isOver = true
      latest.current += 1
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', onShown)
    }
  }, [again, everyMs])

  return { answer, error, again }
}
