import type { TimelineMessage } from '@parley/client'
import { type PointerEvent, useRef } from 'react'
import { messageRights } from './room-actions.ts'
import { useRoom, useSelf } from './room-context.tsx'

const LONG_PRESS_MS = 450
/** A finger that moves further is scrolling. */
const SLIP_PX = 10

/** On touch a tap or a long press opens the actions; links and buttons inside keep their own. */
export function useTouchActions(item: TimelineMessage) {
  const { room } = useRoom()
  const isHost = useSelf()?.role === 'host'
  const press = useRef<{ readonly timer: ReturnType<typeof setTimeout>; readonly x: number; readonly y: number }>(null)
  const open = () => {
    press.current = null
    const { mayCopy, mayDelete } = messageRights(item, isHost)
    if (mayCopy || mayDelete) room.ui.setState({ sheetItem: item })
  }
  const stop = () => {
    clearTimeout(press.current?.timer)
    press.current = null
  }
  return {
    onPointerDown: ({ pointerType, target, clientX, clientY }: PointerEvent) => {
      const isOwnControl = target instanceof Element && target.closest('a, button, pre') !== null
      if (pointerType === 'mouse' || isOwnControl) return
      press.current = { timer: setTimeout(open, LONG_PRESS_MS), x: clientX, y: clientY }
    },
    onPointerMove: ({ clientX, clientY }: PointerEvent) => {
      if (press.current === null) return
      if (Math.hypot(clientX - press.current.x, clientY - press.current.y) > SLIP_PX) stop()
    },
    onPointerUp: () => {
      if (press.current === null) return
      stop()
      open()
    },
    onPointerCancel: stop,
  }
}
