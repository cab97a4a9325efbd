import { useEffect, useMemo, useRef } from 'react'
import { createRowBuilder, type Row, rowsInFront } from '../../state/timeline-rows.ts'
import { useChat, useRoomUi } from './room-context.tsx'

/** The rows of the conversation; those that stay the same are the same objects. */
export function useRows(): readonly Row[] {
  const timeline = useChat((snapshot) => snapshot.timeline)
  const hasOlder = useChat((snapshot) => snapshot.hasOlder)
  const firstUnreadId = useRoomUi((ui) => ui.unread.firstId)
  const build = useMemo(createRowBuilder, [])
  return useMemo(() => build(timeline, { firstUnreadId, hasOlder }), [build, timeline, firstUnreadId, hasOlder])
}

/** Whether rows were put in front since the last rendering: the list then keeps its place from the end. */
export function useShift(rows: readonly Row[]): boolean {
  const before = useRef<readonly Row[]>(rows)
  const shift = useMemo(() => rowsInFront(before.current, rows) > 0, [rows])
  useEffect(() => {
    before.current = rows
  }, [rows])
  return shift
}
