import { CloudOff, Hourglass, Lock, SearchX, ShieldAlert, TriangleAlert, Users, UserX } from 'lucide-react'
import type { ReactNode } from 'react'
import { useState } from 'react'
import { Link } from 'wouter'
import { formatDuration } from '../../i18n/format.ts'
import { type PlainKey, useText } from '../../i18n/text.ts'
import type { Failure } from '../../platform/failure.ts'
import { useNow } from '../../platform/use-now.ts'
import { Button, buttonClass } from '../../ui/button.tsx'

interface Reason {
  readonly icon: typeof Lock
  readonly title: PlainKey
  readonly words: PlainKey
  /** What helps: trying again, or a room of one's own. */
  readonly next: 'retry' | 'create'
}

const gone: Reason = { icon: SearchX, title: 'join.goneTitle', words: 'join.goneText', next: 'create' }
const failed: Reason = { icon: TriangleAlert, title: 'join.failedTitle', words: 'join.failedText', next: 'retry' }

const reasons: Readonly<Partial<Record<Failure['code'], Reason>>> = {
  ROOM_NOT_FOUND: gone,
  CONVERSATION_NOT_FOUND: gone,
  VALIDATION_FAILED: gone,
  ROOM_EXPIRED: { icon: Hourglass, title: 'join.expiredTitle', words: 'join.expiredText', next: 'create' },
  ROOM_LOCKED: { icon: Lock, title: 'join.lockedTitle', words: 'join.lockedText', next: 'retry' },
  ROOM_FULL: { icon: Users, title: 'join.fullTitle', words: 'join.fullNext', next: 'retry' },
  KICKED: { icon: UserX, title: 'join.kickedTitle', words: 'join.kickedText', next: 'create' },
  UNAVAILABLE: { icon: CloudOff, title: 'join.unreachableTitle', words: 'join.unreachableText', next: 'retry' },
}

export interface RefusalProps {
  readonly failure: Failure
  readonly onRetry: () => Promise<void>
}

/** Why one can't go on, and the next step. */
export function Refusal({ failure, onRetry }: RefusalProps) {
  const text = useText()
  if (failure.code === 'RATE_LIMITED') return <Throttled retryAt={failure.retryAt} onRetry={onRetry} />
  const { icon: Icon, title, words, next } = reasons[failure.code] ?? failed
  return (
    <Notice icon={<Icon className="size-6.5" strokeWidth={1.75} />} title={text(title)} words={text(words)}>
      {next === 'create' ? (
        <Link href="/?create" className={`${buttonClass('primary', 'l')} w-full`}>
          {text('join.createOwn')}
        </Link>
      ) : (
        <RetryButton
          label={text(failure.code === 'ROOM_LOCKED' ? 'join.lookAgain' : 'join.tryAgain')}
          onRetry={onRetry}
        />
      )}
    </Notice>
  )
}

function Throttled({ retryAt, onRetry }: { readonly retryAt: number | null; readonly onRetry: () => Promise<void> }) {
  const text = useText()
  const now = useNow(1000)
  const leftMs = retryAt === null ? 0 : retryAt - now
  const words = leftMs > 0 ? text('join.throttledText', { time: formatDuration(leftMs) }) : text('join.throttledOver')
  return (
    <Notice
      icon={<ShieldAlert className="size-6.5" strokeWidth={1.75} />}
      title={text('join.throttledTitle')}
      words={words}
    >
      <RetryButton label={text('join.tryAgain')} onRetry={onRetry} isDisabled={leftMs > 0} />
    </Notice>
  )
}

interface NoticeProps {
  readonly icon: ReactNode
  readonly title: string
  readonly words: string
  readonly children: ReactNode
}

function Notice({ icon, title, words, children }: NoticeProps) {
  return (
    <div className="flex animate-[fade-in_200ms_ease-out] flex-col items-center text-center">
      <span
        aria-hidden="true"
        className="inline-flex size-14 items-center justify-center rounded-full bg-surface-3 text-ink-2"
      >
        {icon}
      </span>
      <div role="status">
        <h1 className="mt-5 text-xl">{title}</h1>
        <p className="mt-2 text-ink-2">{words}</p>
      </div>
      <div className="mt-7 w-full">{children}</div>
    </div>
  )
}

interface RetryButtonProps {
  readonly label: string
  readonly onRetry: () => Promise<void>
  readonly isDisabled?: boolean
}

function RetryButton({ label, onRetry, isDisabled = false }: RetryButtonProps) {
  const [isBusy, setIsBusy] = useState(false)
  const retry = async () => {
    setIsBusy(true)
    await onRetry()
    setIsBusy(false)
  }
  return (
    <Button size="l" className="w-full" busy={isBusy} disabled={isDisabled} onClick={() => void retry()}>
      {label}
    </Button>
  )
}
