import { Clock } from 'lucide-react'
import { useEffect, useState } from 'react'
import { formatCountdown, formatTime } from '../../i18n/format.ts'
import { useText } from '../../i18n/text.ts'
import { timeLeftAt } from '../../state/time-left.ts'
import { classNames } from '../../ui/class-names.ts'
import { useChat, useRoom } from './room-context.tsx'

/** How long the room still has: calm in minutes, by the second at the end. */
export function TimeLeft() {
  const text = useText()
  const expiresAt = useChat((snapshot) => snapshot.chat?.expiresAt)
  const left = useTimeLeft(expiresAt)
  if (expiresAt === undefined || left === null) return null
  const minutes = Math.ceil(left.leftMs / 60_000)
  const hours = Math.floor(minutes / 60)
  const calm = [
    hours > 0 && text('room.hoursLeft', { count: hours }),
    (hours === 0 || minutes % 60 > 0) && text('room.minutesLeft', { count: minutes % 60 }),
  ]
    .filter(Boolean)
    .join(' ')
  const words =
    left.leftMs === 0
      ? text('room.timeUp')
      : text('room.timeLeft', { time: left.urgency === 'calm' ? calm : formatCountdown(left.leftMs) })
  return (
    <span
      title={formatTime(expiresAt)}
      className={classNames(
        'tabular inline-flex items-center gap-1 whitespace-nowrap rounded-full text-xs transition-colors duration-200',
        left.urgency === 'calm' && 'text-ink-3',
        left.urgency === 'soon' && 'bg-warning-soft px-2 font-semibold text-warning',
        left.urgency === 'last' && 'bg-danger-soft px-2 font-semibold text-danger',
      )}
    >
      {left.urgency !== 'calm' && <Clock className="size-3.25" strokeWidth={2.4} aria-hidden="true" />}
      {words}
    </span>
  )
}

/** What is left until then by the server's clock, renewed when it shows a change. */
function useTimeLeft(expiresAt: number | undefined) {
  const { client } = useRoom().room
  const [, renew] = useState(0)
  const left = expiresAt === undefined ? null : timeLeftAt(expiresAt, Date.now() + client.clockOffsetMs)
  const changesInMs = left === null || left.leftMs === 0 ? null : left.changesInMs
  useEffect(() => {
    if (changesInMs === null) return
    const timer = setTimeout(() => renew((count) => count + 1), changesInMs)
    return () => clearTimeout(timer)
  })
  return left
}
