import { useState } from 'react'

/**
 * Counts how often it was opened: a key for what is shown. Opened again while it still fades out, it is another one:
 * it takes the focus, and a press that was meant for the page does not close it as one beside the first.
 */
export function useOpening(open: boolean): number {
  const [last, setLast] = useState({ open, count: 0 })
  if (last.open === open) return last.count
  const next = { open, count: last.count + (open ? 1 : 0) }
  setLast(next)
  return next.count
}
