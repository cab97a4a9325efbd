import { type KeyboardEvent, lazy, Suspense, useMemo, useRef } from 'react'
import { Virtualizer, type VirtualizerHandle } from 'virtua'
import { useText } from '../../i18n/text.ts'
import { Spinner } from '../../ui/spinner.tsx'
import { DayLine, UnreadLine } from './day-line.tsx'
import { JumpToLatest } from './jump-to-latest.tsx'
import { MessageRow } from './message-row.tsx'
import { NoticeLine } from './notice-line.tsx'
import { useRoomUi } from './room-context.tsx'
import { type MoveFocus, useFocusMoves } from './use-focus-moves.ts'
import { useOlder } from './use-older.ts'
import { usePlace } from './use-place.ts'
import { useRows, useShift } from './use-rows.ts'

const EmptyRoom = lazy(() => import('./empty-room.tsx').then(({ EmptyRoom }) => ({ default: EmptyRoom })))

export interface ConversationProps {
  /** The space above the first row: what floats there, and the line that says what is being loaded. */
  readonly headPx: number
  /** What floats over the end of the conversation, in px. */
  readonly footPx: number
}

/** The messages: virtual, with the browser's own scroll bar; stays at the end, or where the person reads. */
export function Conversation({ headPx, footPx }: ConversationProps) {
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
        style={{ scrollPaddingBlock: `${headPx - 32}px ${footPx + 8}px` }}
      >
        <div style={{ minHeight: headPx }} className="flex flex-1 items-end justify-center text-ink-3 text-xs">
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
          startMargin={headPx}
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
      {isEmpty && (
        <Suspense>
          <EmptyRoom />
        </Suspense>
      )}
      <JumpToLatest footPx={footPx} onJump={place.jumpToLatest} />
    </>
  )
}

function enterByKey(event: KeyboardEvent<HTMLElement>, moveFocus: MoveFocus): void {
  if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return
  if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return
  event.preventDefault()
  moveFocus(null, 'latest')
}
