import { type KeyboardEvent, type PointerEvent, useEffect, useMemo } from 'react'
import { useRoom } from '../room/room-context.tsx'

const isTalkingKey = ({ key }: KeyboardEvent) => key === ' ' || key === 'Enter'

/**
 * Talks while a button is held, by pointer or by keyboard. Whatever takes the hold away ends it. The button needs
 * `touch-none`: a thumb that slides would scroll, and the browser takes it away for that.
 */
export function useHold() {
  const { voice } = useRoom().room
  useEffect(() => () => voice.press(false), [voice])
  return useMemo(
    () => ({
      onPointerDown(event: PointerEvent<HTMLElement>) {
        if (event.button !== 0) return
        // A finger that slides off the button still holds it.
        event.currentTarget.setPointerCapture(event.pointerId)
        voice.press(true)
      },
      onPointerUp: () => voice.press(false),
      onPointerCancel: () => voice.press(false),
      onLostPointerCapture: () => voice.press(false),
      onKeyDown(event: KeyboardEvent<HTMLElement>) {
        if (!isTalkingKey(event)) return
        event.preventDefault()
        if (!event.repeat) voice.press(true)
      },
      onKeyUp(event: KeyboardEvent<HTMLElement>) {
        if (isTalkingKey(event)) voice.press(false)
      },
      onBlur: () => voice.press(false),
      // A long press would open the system's menu.
      onContextMenu: (event: { preventDefault(): void }) => event.preventDefault(),
    }),
    [voice],
  )
}
