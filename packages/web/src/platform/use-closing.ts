import { useState } from 'react'

/** Longer than any closing animation. */
const CLOSING_MS = 180

/**
 * For a dialog that its owner mounts when it is wanted: open from the start, and taken away by `onClose` once it
 * has faded out. `wish` is what the owner shows it for: another one, or the same made anew, opens it again at once,
 * and `onClose` is told which of them is over.
 */
export function useClosing<T extends object>(
  wish: T,
  onClose: (wish: T) => void,
): { open: boolean; onOpenChange: (open: boolean) => void } {
  const [closed, setClosed] = useState<T | null>(null)
  return {
    open: closed !== wish,
    onOpenChange: (next) => {
      if (next || closed === wish) return
      setClosed(wish)
      setTimeout(() => onClose(wish), CLOSING_MS)
    },
  }
}
