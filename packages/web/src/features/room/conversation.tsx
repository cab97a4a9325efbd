import { ArrowDown } from 'lucide-react'
import { type KeyboardEvent, type RefObject, useCallback, useEffect, useLayoutEffect, useMemo, useRef } from 'react'
import { Virtualizer, type VirtualizerHandle } from 'virtua'
import { text as say, useText } from '../../i18n/text.ts'
import { createRowBuilder, type Row, rowsInFront } from '../../state/timeline-rows.ts'
import { Spinner } from '../../ui/spinner.tsx'
import { showToast } from '../../ui/toaster.tsx'
import { DayLine, UnreadLine } from './day-line.tsx'
import { EmptyRoom } from './empty-room.tsx'
import { MessageRow, rowElementId } from './message-row.tsx'
import { NoticeLine } from './notice-line.tsx'
import { useChat, useRoom, useRoomUi } from './room-context.tsx'

/** Nearer than this to the newest message counts as being there. */
const END_PX = 48
/** Nearer than this to the oldest loaded message, older ones are fetched. */
const LOAD_PX = 1200
const HIGHLIGHT_MS = 1600
/** Until the list has rendered where it scrolled to. */
const AFTER_SCROLL_MS = 100
/** Scrolling so soon after a wheel, touch, key or press was the person's doing. */
const BY_HAND_MS = 1000
/** The space above the first row: the bar that floats there, and the line that says what is being loaded. */
const HEAD_PX = 112

export interface ConversationProps {
  /** What floats over the end of the conversation, in px. */
  readonly footPx: number
}

/** The messages: virtual, with the browser's own scroll bar; stays at the end, or where the person reads. */
export function Conversation({ footPx }: ConversationProps) {
  const text = useText()
  const rows = useRows()
  const scroller = useRef<HTMLDivElement>(null)
  const list = useRef<VirtualizerHandle>(null)
  const { hasOlder, loadingOlder } = useOlder()
  const shift = useShift(rows)
  const place = usePlace({ rows, scroller, list, footPx })
  const moveFocus = useFocusMoves(rows, list, place.jumpToLatest)
  const focusedKey = useRoomUi((ui) => ui.focusedKey)
  const openKey = useRoomUi((ui) => ui.openOnMessage?.key ?? null)
  const kept = useMemo(
    () => rows.flatMap((row, index) => (row.key === focusedKey || row.key === openKey ? [index] : [])),
    [rows, focusedKey, openKey],
  )
  const isEmpty = !rows.some((row) => row.kind === 'message') && !hasOlder

  return (
    <>
      <div
        ref={scroller}
        role="feed"
        aria-label={text('room.messages')}
        aria-busy={loadingOlder}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        tabIndex={0}
        onKeyDown={(event) => enterByKey(event, moveFocus)}
        onKeyDownCapture={place.onHand}
        onWheel={place.onHand}
        onTouchMove={place.onHand}
        onPointerDown={place.onHand}
        onFocus={place.onHand}
        className="absolute inset-0 flex flex-col overflow-y-auto overscroll-contain outline-offset-[-2px] [overflow-anchor:none]"
        style={{ scrollPaddingBlock: `${HEAD_PX - 32}px ${footPx + 8}px` }}
      >
        <div style={{ minHeight: HEAD_PX }} className="flex flex-1 items-end justify-center text-ink-3 text-xs">
          {loadingOlder ? (
            <Spinner label={text('room.loadingOlder')} />
          ) : (
            !hasOlder && !isEmpty && <p>{text('room.beginning')}</p>
          )}
        </div>
        <Virtualizer
          ref={list}
          scrollRef={scroller}
          data={rows}
          shift={shift}
          startMargin={HEAD_PX}
          bufferSize={600}
          keepMounted={kept}
          onScroll={place.onScroll}
        >
          {(row, index) => (
            <div key={row.key} className="mx-auto w-full max-w-190 px-1 sm:px-4">
              {row.day !== null && <DayLine at={row.day} />}
              {row.isFirstUnread && <UnreadLine />}
              {row.kind === 'notices' ? (
                <NoticeLine row={row} />
              ) : (
                <MessageRow row={row} place={index + 1} onMove={moveFocus} />
              )}
            </div>
          )}
        </Virtualizer>
        <div style={{ height: footPx }} className="shrink-0" />
      </div>
      {isEmpty && <EmptyRoom />}
      <JumpToLatest footPx={footPx} onJump={place.jumpToLatest} />
    </>
  )
}

function useRows(): readonly Row[] {
  const timeline = useChat((snapshot) => snapshot.timeline)
  const firstUnreadId = useRoomUi((ui) => ui.unread.firstId)
  const build = useMemo(createRowBuilder, [])
  return useMemo(() => build(timeline, { firstUnreadId }), [build, timeline, firstUnreadId])
}

/** Whether rows were put in front since the last rendering: the list then keeps its place from the end. */
function useShift(rows: readonly Row[]): boolean {
  const before = useRef<readonly Row[]>(rows)
  const shift = useMemo(() => rowsInFront(before.current, rows) > 0, [rows])
  useEffect(() => {
    before.current = rows
  }, [rows])
  return shift
}

function useOlder() {
  const { room, actions } = useRoom()
  const hasOlder = useChat((snapshot) => snapshot.hasOlder)
  const loadingOlder = useChat((snapshot) => snapshot.loadingOlder)
  const load = useCallback(() => {
    const snapshot = room.chat.getSnapshot()
    if (!snapshot.hasOlder || snapshot.loadingOlder || snapshot.phase !== 'joined') return
    void actions.attempt(room.chat.loadOlder())
  }, [room, actions])
  return { hasOlder, loadingOlder, load }
}

interface PlaceOptions {
  readonly rows: readonly Row[]
  readonly scroller: RefObject<HTMLDivElement | null>
  readonly list: RefObject<VirtualizerHandle | null>
  readonly footPx: number
}

/** Where the person reads: stays at the end when there, loads older messages near the start, jumps on request. */
function usePlace({ rows, scroller, list, footPx }: PlaceOptions) {
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
      if (index < 0) return showToast(say('room.originalGone'), { id: 'jump' })
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

type MoveFocus = (from: string | null, to: 'previous' | 'next' | 'first' | 'latest') => void

/** Arrow keys go from message to message; what is not rendered yet is scrolled to first. */
function useFocusMoves(
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

function enterByKey(event: KeyboardEvent<HTMLElement>, moveFocus: MoveFocus): void {
  if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return
  if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return
  event.preventDefault()
  moveFocus(null, 'latest')
}

/** Back to the newest message, with how many came meanwhile. */
function JumpToLatest({ footPx, onJump }: { readonly footPx: number; readonly onJump: () => void }) {
  const text = useText()
  const isAtEnd = useRoomUi((ui) => ui.isAtEnd)
  const count = useRoomUi((ui) => ui.unread.count)
  if (isAtEnd) return null
  const label = count > 0 ? text('room.unreadCount', { count }) : text('room.jumpToLatest')
  return (
    <div className="pointer-events-none absolute inset-x-0 flex justify-center" style={{ bottom: footPx + 8 }}>
      <button
        type="button"
        aria-label={count > 0 ? `${label}. ${text('room.jumpToLatest')}` : label}
        onClick={onJump}
        className={`glass pointer-events-auto inline-flex h-11 animate-[rise-in_150ms_ease-out] items-center gap-2 rounded-full font-semibold text-sm ${count > 0 ? 'ps-3 pe-4' : 'w-11 justify-center'}`}
      >
        <ArrowDown size={20} aria-hidden="true" />
        {count > 0 && <span className="tabular">{label}</span>}
      </button>
    </div>
  )
}
