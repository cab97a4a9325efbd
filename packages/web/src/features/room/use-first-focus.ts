import { type RefObject, useEffect, useRef } from 'react'
import { hasTouchKeyboard } from '../../platform/touch-keyboard.ts'
import { isFocusFree } from '../../ui/leave-focus.ts'
import { useChat, useRoom } from './room-context.tsx'

/**
 * When a room opens what had the focus is gone, such as the form at its door: it goes to where messages are written;
 * to the room's name, the element given here, where a keyboard would come up or nothing can be written.
 */
export function useFirstFocus(): RefObject<HTMLHeadingElement | null> {
  const { commands } = useRoom().room
  const heading = useRef<HTMLHeadingElement>(null)
  const lacksKey = useChat(({ encryption }) => encryption === 'missing-key')
  useEffect(() => {
    // After a dialog that one came from has given back what it had.
    const frame = requestAnimationFrame(() => {
      if (!isFocusFree()) return
      if (!lacksKey && !hasTouchKeyboard()) commands.focusComposer()
      if (isFocusFree()) heading.current?.focus({ preventScroll: true })
    })
    return () => cancelAnimationFrame(frame)
  }, [commands, lacksKey])
  return heading
}
