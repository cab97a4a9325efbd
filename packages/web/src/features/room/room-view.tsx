import {
  type CSSProperties,
  lazy,
  Suspense,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { useText } from '../../i18n/text.ts'
import { writeStored } from '../../platform/browser-storage.ts'
import { readPreferences } from '../../platform/preferences.ts'
import { PEOPLE_PANEL_KEY, type Room } from '../../state/open-room.ts'
import { roomKeyAction, takesKeys } from '../../state/room-keys.ts'
import { classNames } from '../../ui/class-names.ts'
import { Spinner } from '../../ui/spinner.tsx'
import { useStageShape } from '../voice/use-voice.ts'
import { CallDockSlot, CallNoticesSlot, CallStageSlot } from '../voice/voice-entry.tsx'
import { Composer } from './composer.tsx'
import { ConnectionNotice } from './connection-status.tsx'
import { Conversation } from './conversation.tsx'
import { KeyNotice } from './key-notice.tsx'
import { LiveRegion } from './live-region.tsx'
import { LobbyNoticeSlot } from './lobby-slot.tsx'
import { PeoplePanel, PeopleSheet } from './people-panel.tsx'
import { createRoomActions } from './room-actions.ts'
import { RoomContext, useChat, useConnection, useRoom, useRoomUi } from './room-context.tsx'
import { RoomHeader } from './room-header.tsx'
import { TypingLine } from './typing-line.tsx'
import { useAttention } from './use-attention.ts'
import { useRoomNews } from './use-room-news.ts'
import { useVisibleArea } from './use-visible-area.ts'
import './room.css'

const DIALOGS_AFTER_MS = 3000

/** The space above the first message: for the room's bar, which floats there, or less where the call is in between. */
const HEAD_PX = 112
const HEAD_UNDER_STAGE_PX = 64

/** What is shown before one is let in, and once it is over. */
const loadOutside = () => import('./outside-view.tsx')
const OutsideView = lazy(() => loadOutside().then(({ OutsideView }) => ({ default: OutsideView })))

/** Most visits open none of them. */
const loadDialogs = () => import('./room-dialogs.tsx')
const RoomDialogs = lazy(() => loadDialogs().then(({ RoomDialogs }) => ({ default: RoomDialogs })))
const MessageSheet = lazy(() => loadDialogs().then(({ MessageSheet }) => ({ default: MessageSheet })))

export interface RoomViewProps {
  readonly room: Room
  /** The person wants to join anew: a fresh seat by the join page. */
  readonly onRejoin: () => void
}

/** A room, in whatever state it is. */
export function RoomView({ room, onRejoin }: RoomViewProps) {
  const value = useMemo(() => ({ room, actions: createRoomActions(room) }), [room])
  return (
    <RoomContext value={value}>
      <Phases onRejoin={onRejoin} />
    </RoomContext>
  )
}

function Phases({ onRejoin }: { readonly onRejoin: () => void }) {
  const phase = useChat((snapshot) => snapshot.phase)
  const hasOpened = useChat((snapshot) => snapshot.chat !== null)
  const hasSeat = useConnection().status !== 'ended'
  useAttention()
  const isOver = phase === 'joining' && !hasOpened && !hasSeat
  if (!isOver && (phase === 'joining' || phase === 'joined')) return <Inside onRejoin={onRejoin} />
  return (
    <Suspense>
      <OutsideView phase={phase === 'joining' ? 'ended' : phase} onRejoin={onRejoin} />
    </Suspense>
  )
}

function Inside({ onRejoin }: { readonly onRejoin: () => void }) {
  const text = useText()
  const area = useVisibleArea()
  const isJoining = useChat((snapshot) => snapshot.phase === 'joining' && snapshot.chat === null)
  const togglePeople = useTogglePeople()
  const shape = useStageShape()
  const foot = useRef<HTMLDivElement>(null)
  const footPx = useHeight(foot)
  const head = useRef<HTMLDivElement>(null)
  useToastsUnder(useHeight(head))
  useRoomKeys(togglePeople)
  useRoomNews()

  const style: CSSProperties = { height: area.heightPx, transform: `translateY(${area.topPx}px)` }
  return (
    <div className="fixed inset-x-0 top-0 flex ps-(--safe-start) pe-(--safe-end)" style={style}>
      <PeoplePanel onClose={togglePeople} />
      <main className="relative isolate flex min-w-0 flex-1 flex-col">
        <div className="@container min-h-0 flex-1">
          <div
            className={classNames(
              'flex h-full flex-col',
              shape === 'pictures' && '@min-[56rem]:flex-row',
              'short:@min-[30rem]:flex-row',
            )}
          >
            <CallStageSlot />
            <div
              className={classNames(
                'relative isolate min-h-0 min-w-0 flex-1',
                shape === 'pictures' &&
                  'border-line border-t @min-[56rem]:mt-19 @min-[56rem]:w-92 @min-[56rem]:flex-none @min-[56rem]:border-t-0 @min-[72rem]:w-104',
                shape === 'pictures' &&
                  'short:@min-[30rem]:w-2/5 short:@min-[30rem]:flex-none short:@min-[30rem]:border-t-0',
                shape !== 'none' && 'short:@min-[30rem]:mt-19',
                shape === 'alone' && 'hidden',
                shape !== 'none' && '[--safe-bottom:0px]',
              )}
            >
              {isJoining ? (
                <div className="absolute inset-0 flex items-center justify-center text-ink-3">
                  <Spinner label={text('room.joining')} />
                </div>
              ) : (
                <Conversation headPx={shape === 'none' ? HEAD_PX : HEAD_UNDER_STAGE_PX} footPx={footPx} />
              )}
              <div
                aria-hidden="true"
                className="pointer-events-none absolute inset-x-0 top-0 h-14 bg-linear-to-b from-surface-1 to-transparent"
              />
              <div
                aria-hidden="true"
                className="pointer-events-none absolute inset-x-0 bottom-0 bg-linear-to-t from-60% from-surface-1 to-transparent"
                style={{ height: footPx + 8 }}
              />
              <div
                ref={foot}
                className="absolute inset-x-0 bottom-0 mx-auto w-full max-w-190 px-2 pb-[max(8px,var(--safe-bottom))] sm:px-4 sm:pb-4"
              >
                <TypingLine />
                <KeyNotice />
                <ComposerIfKey />
              </div>
            </div>
          </div>
        </div>
        {!area.hasKeyboard && <CallDockSlot />}
        <div
          ref={head}
          className="pointer-events-none absolute inset-x-0 top-0 flex flex-col gap-2 px-2 pt-[max(8px,var(--safe-top))] sm:px-3 sm:pt-3"
        >
          <RoomHeader onTogglePeople={togglePeople} />
          <ConnectionNotice onRejoin={onRejoin} />
          <CallNoticesSlot />
          <LobbyNoticeSlot onShow={togglePeople} />
        </div>
      </main>
      <PeopleSheet />
      <Dialogs />
      <LiveRegion />
    </div>
  )
}

/** Without the key of an encrypted room nothing can be said. */
function ComposerIfKey() {
  return useChat(({ encryption }) => encryption !== 'missing-key') && <Composer />
}

/** Fetched when the room has settled, so that they are there when the line is down; at once when wanted. */
function Dialogs() {
  const isWanted = useRoomUi((ui) => ui.dialog !== null)
  const isSheetWanted = useRoomUi((ui) => ui.sheetItem !== null)
  // It stays, so that it can slide away.
  const [wasSheetWanted, setWasSheetWanted] = useState(false)
  if (isSheetWanted && !wasSheetWanted) setWasSheetWanted(true)
  useEffect(() => {
    const load = () => Promise.all([loadDialogs(), loadOutside()]).catch(() => undefined)
    const timer = setTimeout(load, DIALOGS_AFTER_MS)
    return () => clearTimeout(timer)
  }, [])
  return (
    <Suspense>
      {isWanted && <RoomDialogs />}
      {wasSheetWanted && <MessageSheet />}
    </Suspense>
  )
}

/** As the variant `roomy` of the styles. */
const ROOMY = '(width >= 48rem) and (height > 30rem)'

/** Opens and closes the people: the panel where there is room for it, else the sheet. */
function useTogglePeople(): () => void {
  const { ui } = useRoom().room
  return useCallback(() => {
    const { isPeoplePanelOpen, isPeopleSheetOpen } = ui.getState()
    if (!matchMedia(ROOMY).matches) return ui.setState({ isPeopleSheetOpen: !isPeopleSheetOpen })
    writeStored(PEOPLE_PANEL_KEY, isPeoplePanelOpen ? 'closed' : 'open')
    ui.setState({ isPeoplePanelOpen: !isPeoplePanelOpen })
  }, [ui])
}

function useRoomKeys(togglePeople: () => void): void {
  const { room } = useRoom()
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || takesKeys(event.target instanceof Element ? event.target : null)) return
      const action = roomKeyAction(event, readPreferences().characterKeys)
      if (action === null || room.ui.getState().dialog !== null) return
      event.preventDefault()
      if (action === 'write') room.commands.focusComposer()
      else if (action === 'latest') room.commands.jumpToLatest()
      else if (action === 'people') togglePeople()
      else room.ui.setState({ dialog: { name: 'shortcuts' } })
    }
    addEventListener('keydown', onKeyDown)
    return () => removeEventListener('keydown', onKeyDown)
  }, [room, togglePeople])
}

function useHeight(element: { readonly current: HTMLElement | null }): number {
  const [height, setHeight] = useState(96)
  useLayoutEffect(() => {
    if (element.current === null) return
    const observer = new ResizeObserver(([entry]) => {
      const size = entry?.borderBoxSize[0]?.blockSize
      if (size !== undefined) setHeight(Math.ceil(size))
    })
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [element])
  return height
}

/** Toasts appear under the bar of the room and what else is told there, not on it. */
function useToastsUnder(headPx: number): void {
  useLayoutEffect(() => {
    const { style } = document.documentElement
    style.setProperty('--room-head', `${headPx}px`)
    return () => void style.removeProperty('--room-head')
  }, [headPx])
}
