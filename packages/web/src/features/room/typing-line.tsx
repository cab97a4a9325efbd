import { useEffect, useState } from 'react'
import { useText } from '../../i18n/text.ts'
import { useChat, useConnection } from './room-context.tsx'

/** Longer than any send that merely takes its time. */
const HELD_BACK_AFTER_MS = 1500

/** Who is writing at the moment. Its place is always kept, so that nothing jumps. */
export function TypingLine() {
  const text = useText()
  const typing = useChat((snapshot) => snapshot.typing)
  const [first, second] = typing
  const words =
    first === undefined
      ? ''
      : second === undefined
        ? text('room.typingOne', { name: first.name })
        : typing.length === 2
          ? text('room.typingTwo', { first: first.name, second: second.name })
          : text('room.typingMany', { count: typing.length })
  const isHeldBack = useHeldBack()
  if (isHeldBack)
    return (
      <p role="status" className="flex h-6 items-center px-4 font-medium text-warning text-xs">
        <span className="truncate">{text('room.slowDown')}</span>
      </p>
    )
  return (
    <p className="flex h-6 items-center gap-2 px-4 text-ink-3 text-xs">
      {words !== '' && (
        <>
          <span aria-hidden="true" className="inline-flex gap-0.75">
            {[0, 1, 2].map((dot) => (
              <span
                key={dot}
                className="size-1.25 animate-[typing_1.2s_ease-in-out_infinite] rounded-full bg-ink-3"
                style={{ animationDelay: `${dot * 160}ms` }}
              />
            ))}
          </span>
          <span className="truncate">{words}</span>
        </>
      )}
    </p>
  )
}

/** Whether one's own messages wait although the line is up: the server asked for a pause. */
function useHeldBack(): boolean {
  const isOnline = useConnection().status === 'online'
  const isQueued = useChat(({ phase, timeline }) => {
    const last = timeline.at(-1)
    return phase === 'joined' && last?.kind === 'message' && last.own && last.status === 'queued'
  })
  const [hasLasted, setHasLasted] = useState(false)
  useEffect(() => {
    if (!isOnline || !isQueued) return setHasLasted(false)
    const timer = setTimeout(() => setHasLasted(true), HELD_BACK_AFTER_MS)
    return () => clearTimeout(timer)
  }, [isOnline, isQueued])
  return hasLasted
}
