import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef } from 'react'
import type { VirtualizerHandle } from 'virtua'
import { text } from '../../i18n/text.ts'
import type { Row } from '../../state/timeline-rows.ts'
import { showToast } from '../../ui/toaster.tsx'
import { useRoom } from './room-context.tsx'
import { rowElementId } from './use-focus-moves.ts'
import { useOlder } from './use-older.ts'

/** Nearer than this to the newest message counts as being there. */
const END_PX = 48
/** Nearer than this to the oldest loaded message, older ones are fetched. */
const LOAD_PX = 1200
const HIGHLIGHT_MS = 1600
/** Until the list has rendered where it scrolled to. */
const AFTER_SCROLL_MS = 100
/** Scrolling so soon after a wheel, touch, key or press was the person's doing. */
const BY_HAND_MS = 1000

interface PlaceOptions {
  readonly rows: readonly Row[]
  readonly scroller: RefObject<HTMLDivElement | null>
  readonly list: RefObject<VirtualizerHandle | null>
  readonly footPx: number
}

/** Where the person reads: stays at the end when there, loads older messages near the start, jumps on request. */
export function usePlace({ rows, scroller, list, footPx }: PlaceOptions) {
  const { room, actions } = useRoom()
  const { load } = useOlder()
  const isSticky = useRef(true)
  const lastOffset = useRef(0)
  const movedByHandUntil = useRef(0)
  const latest = useRef(rows)
  latest.current = rows

  const toEnd = useCallback(() => {
    const element = scroller.current
    if (element !== null) element.scrollTop = element.scrollHeight
  }, [scroller])

  const onScroll = useCallback(
    (offset: number) => {
      const element = scroller.current
      if (element === null) return
      const isAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight < END_PX
      // Only a person who goes up leaves the end: content that is measured or grows does not.
      if (isAtEnd) isSticky.current = true
      else if (offset < lastOffset.current - 1 && performance.now() < movedByHandUntil.current) isSticky.current = false
      lastOffset.current = offset
      room.ui.look({ isAtEnd: isAtEnd || isSticky.current })
      if (element.scrollTop < LOAD_PX) load()
    },
    [room, scroller, load],
  )

  // Whatever changes a height (measuring, pictures of letters, the keyboard) must not move the end out of view.
  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null) return
    const observer = new ResizeObserver(() => {
      if (isSticky.current) toEnd()
    })
    for (const one of [element, ...element.children]) observer.observe(one)
    return () => observer.disconnect()
  }, [scroller, toEnd])

  // biome-ignore lint/correctness/useExhaustiveDependencies: new rows and a higher foot are what moves the end.
  useLayoutEffect(() => {
    if (isSticky.current) toEnd()
  }, [rows, footPx, toEnd])

  const jumpToLatest = useCallback(() => {
    isSticky.current = true
    list.current?.scrollToIndex(latest.current.length - 1, { align: 'end' })
    requestAnimationFrame(toEnd)
    room.ui.look({ isAtEnd: true })
  }, [list, room, toEnd])

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const jump = async (messageId: string) => {
      const find = () => latest.current.findIndex((row) => row.kind === 'message' && row.item.message.id === messageId)
      while (find() < 0 && room.chat.getSnapshot().hasOlder) {
        if (!(await actions.attempt(room.chat.loadOlder()))) return
        await new Promise((resolve) => requestAnimationFrame(resolve))
      }
      const index = find()
      if (index < 0) return showToast(text('room.originalGone'), { id: 'jump' })
      isSticky.current = false
      list.current?.scrollToIndex(index, { align: 'center' })
      const key = latest.current[index]?.key ?? ''
      room.ui.setState({ highlightedId: messageId, focusedKey: key })
      setTimeout(() => document.getElementById(rowElementId(key))?.focus({ preventScroll: true }), AFTER_SCROLL_MS)
      clearTimeout(timer)
      timer = setTimeout(() => room.ui.setState({ highlightedId: null }), HIGHLIGHT_MS)
    }
    room.commands.jumpToMessage = (messageId) => void jump(messageId)
    room.commands.jumpToLatest = jumpToLatest
    return () => clearTimeout(timer)
  }, [room, actions, list, jumpToLatest])

  useEffect(load, [load])

  const onHand = useCallback(() => {
    movedByHandUntil.current = performance.now() + BY_HAND_MS
  }, [])

  return { onScroll, onHand, jumpToLatest }
}
