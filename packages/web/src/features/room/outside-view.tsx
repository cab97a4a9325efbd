import type { ChatPhase } from '@parley/client'
import type { ErrorCode } from '@parley/protocol/constants'
import { DoorClosed, DoorOpen, Hourglass, LogOut, PlugZap, TriangleAlert, UserX } from 'lucide-react'
import { type ReactNode, useRef } from 'react'
import { Link } from 'wouter'
import { useText } from '../../i18n/text.ts'
import { Button, buttonClass } from '../../ui/button.tsx'
import { PageFrame } from '../../ui/page-frame.tsx'
import { ConnectionNotice } from './connection-status.tsx'
import { failureWords } from './failure-words.ts'
import { useChat, useRoom, useSelf } from './room-context.tsx'
import { TimeLeft } from './time-left.tsx'
import { useKeptFocus } from './use-kept-focus.ts'

/** There is nothing to come back to. */
const GONE: ReadonlySet<ErrorCode> = new Set(['ROOM_NOT_FOUND', 'CONVERSATION_NOT_FOUND', 'ROOM_EXPIRED', 'KICKED'])

const ENDED_TITLE = {
  you: 'room.endedByYouTitle',
  host: 'room.endedByHostTitle',
  operator: 'room.endedByOperatorTitle',
} as const

export interface OutsideViewProps {
  /** `ended`: the seat was no longer accepted before the room had opened. */
  readonly phase: Exclude<ChatPhase, 'joining' | 'joined'> | 'ended'
  readonly onRejoin: () => void
}

/** Not in the room, or not any more: what happened and the next step. */
export function OutsideView({ phase, onRejoin }: OutsideViewProps) {
  const text = useText()
  const { room, actions } = useRoom()
  const name = useChat((snapshot) => snapshot.chat?.name)
  const error = useChat((snapshot) => snapshot.error)
  const endedBy = useChat((snapshot) => snapshot.endedBy)
  const wasHost = useSelf()?.role === 'host'
  const ender = endedBy === 'host' && wasHost ? 'you' : endedBy
  const create = (
    <Link href="/?create" className={`${buttonClass('primary', 'l')} w-full`}>
      {text('room.createRoom')}
    </Link>
  )
  const toStart = (
    <Link href="/" className={`${buttonClass('quiet', 'l')} w-full`}>
      {text('room.toStart')}
    </Link>
  )
  const rejoin = (label: string, variant: 'primary' | 'secondary' = 'primary') => (
    <Button variant={variant} size="l" className="w-full" onClick={onRejoin}>
      {label}
    </Button>
  )

  switch (phase) {
    case 'waiting':
      return (
        <Frame
          icon={<DoorOpen className="size-7" strokeWidth={1.7} />}
          isLive
          room={name}
          title={text('room.waitingTitle')}
          words={text('room.waitingText')}
          note={<TimeLeft />}
          banner={<ConnectionNotice onRejoin={onRejoin} />}
        >
          <Button size="l" className="w-full" onClick={() => void actions.attempt(room.chat.leave())}>
            {text('room.waitingLeave')}
          </Button>
        </Frame>
      )
    case 'refused':
      return (
        <Frame
          icon={<UserX className="size-7" strokeWidth={1.7} />}
          room={name}
          title={text('room.refusedTitle')}
          words={text('room.refusedText')}
        >
          {rejoin(text('room.askAgain'))}
          {toStart}
        </Frame>
      )
    case 'kicked':
      return (
        <Frame
          icon={<UserX className="size-7" strokeWidth={1.7} />}
          room={name}
          title={text('room.kickedTitle')}
          words={text('room.kickedText')}
        >
          {create}
          {toStart}
        </Frame>
      )
    case 'expired':
      return (
        <Frame
          icon={
            ender === null ? (
              <Hourglass className="size-7" strokeWidth={1.7} />
            ) : (
              <DoorClosed className="size-7" strokeWidth={1.7} />
            )
          }
          title={text(ender === null ? 'room.expiredTitle' : ENDED_TITLE[ender])}
          words={text('room.expiredText')}
        >
          {create}
          {toStart}
        </Frame>
      )
    case 'left':
      return (
        <Frame
          icon={<LogOut strokeWidth={1.7} className="size-7 rtl:-scale-x-100" />}
          room={name}
          title={text('room.leftTitle')}
          words={text('room.leftText')}
        >
          {rejoin(text('room.comeBack'))}
          {toStart}
        </Frame>
      )
    case 'ended':
      return (
        <Frame
          icon={<PlugZap className="size-7" strokeWidth={1.7} />}
          title={text('room.sessionEnded')}
          words={text('room.leftText')}
        >
          {rejoin(text('room.joinAgain'))}
          {toStart}
        </Frame>
      )
    case 'failed':
      return (
        <Frame
          icon={<TriangleAlert className="size-7" strokeWidth={1.7} />}
          room={name}
          title={text('room.failedTitle')}
          words={text(error === null ? 'room.errorOther' : failureWords(error.code))}
        >
          {error !== null && GONE.has(error.code) ? create : rejoin(text('room.joinAgain'))}
          {toStart}
        </Frame>
      )
  }
}

interface FrameProps {
  readonly icon: ReactNode
  /** A ring that breathes: something is going on. */
  readonly isLive?: boolean
  readonly room?: string | undefined
  readonly title: string
  readonly words: string
  readonly note?: ReactNode
  readonly banner?: ReactNode
  readonly children: ReactNode
}

function Frame({ icon, isLive = false, room, title, words, note, banner, children }: FrameProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  useKeptFocus(heading, title)
  return (
    <PageFrame>
      {banner !== undefined && <div className="fixed inset-x-3 top-3 z-20">{banner}</div>}
      <div className="flex flex-1 items-center justify-center px-6 py-10">
        <div className="flex w-full max-w-92 animate-[fade-in_200ms_ease-out] flex-col items-center text-center">
          <span
            aria-hidden="true"
            className="relative inline-flex size-18 items-center justify-center rounded-full bg-surface-3 text-ink-2"
          >
            {isLive && (
              <span className="absolute inset-0 animate-[breathe_2.4s_ease-in-out_infinite] rounded-full border-2 border-accent" />
            )}
            {icon}
          </span>
          {room !== undefined && (
            <p dir="auto" className="mt-6 max-w-full truncate font-medium text-ink-3 text-sm">
              {room}
            </p>
          )}
          <div role="status" className={room === undefined ? 'mt-6' : 'mt-1'}>
            <h1 ref={heading} tabIndex={-1} className="text-xl outline-none">
              {title}
            </h1>
            <p className="mt-2.5 text-ink-2">{words}</p>
          </div>
          {note !== undefined && <div className="mt-3">{note}</div>}
          <div className="mt-8 flex w-full flex-col gap-2">{children}</div>
        </div>
      </div>
    </PageFrame>
  )
}
