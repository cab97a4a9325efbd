import { useState } from 'react'

/** Longer than any closing animation. */
const CLOSING_MS = 180

/**
 * For a dialog that its owner mounts when it is wanted: open from the start, and unmounted by `onClose`
 * once it has faded out.
 */
export function useClosing(onClose: () => void): { open: boolean; onOpenChange: (open: boolean) => void } {
  const [open, setOpen] = useState(true)
  return {
    open,
    onOpenChange: (next) => {
      if (next) return
      setOpen(false)
      setTimeout(onClose, CLOSING_MS)
    },
  }
}
