import { type RefObject, useCallback, useRef } from 'react'
import type { VirtualizerHandle } from 'virtua'
import type { Row } from '../../state/timeline-rows.ts'
import { useRoom } from './room-context.tsx'

/** The id of a message's element, so that the focus can be moved to it. */
export const rowElementId = (key: string): string => `message-${key}`

/** Moves the focus among messages; `from` is the key of the one that has it. */
export type MoveFocus = (from: string | null, to: 'previous' | 'next' | 'first' | 'latest') => void

/** Arrow keys go from message to message; what is not rendered yet is scrolled to first. */
export function useFocusMoves(
  rows: readonly Row[],
  list: RefObject<VirtualizerHandle | null>,
  jumpToLatest: () => void,
): MoveFocus {
  const { room } = useRoom()
  const latest = useRef(rows)
  latest.current = rows
  return useCallback(
    (from, to) => {
      const messages = latest.current.flatMap((row, index) => (row.kind === 'message' ? [{ key: row.key, index }] : []))
      const place = messages.findIndex(({ key }) => key === from)
      const target =
        to === 'first'
          ? messages[0]
          : to === 'latest' || place < 0
            ? messages.at(-1)
            : messages[Math.max(0, place + (to === 'next' ? 1 : -1))]
      if (to === 'next' && place === messages.length - 1) return room.commands.focusComposer()
      if (target === undefined) return
      if (to === 'latest') jumpToLatest()
      else list.current?.scrollToIndex(target.index, { align: 'nearest' })
      room.ui.setState({ focusedKey: target.key })
      requestAnimationFrame(() => {
        const element = document.getElementById(rowElementId(target.key))
        element?.focus({ preventScroll: true })
        element?.scrollIntoView({ block: 'nearest' })
      })
    },
    [list, room, jumpToLatest],
  )
}
