import { MessagesSquare, Share2 } from 'lucide-react'
import { useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import { useChat, useOpenDialog } from './room-context.tsx'

/** Nothing said yet: what to do next. */
export function EmptyRoom() {
  const text = useText()
  const openDialog = useOpenDialog()
  const phase = useChat((snapshot) => snapshot.phase)
  const isAlone = useChat((snapshot) => snapshot.members.length <= 1)
  if (phase !== 'joined') return null
  return (
    // Under pictures on a phone there is little room: first the drawing gives way, then the words, to what happened.
    <div className="pointer-events-none absolute inset-0 flex items-center justify-center px-6 pb-16 [container-type:size]">
      <div className="[@container_(max-height:22rem)]:hidden pointer-events-auto flex max-w-80 animate-[fade-in_200ms_ease-out] flex-col items-center text-center">
        <span
          aria-hidden="true"
          className="[@container_(max-height:32rem)]:hidden inline-flex size-16 items-center justify-center rounded-l bg-surface-3 text-ink-2"
        >
          <MessagesSquare className="size-7.5" strokeWidth={1.6} />
        </span>
        <h2 className="mt-5 text-lg">{text('room.emptyTitle')}</h2>
        <p className="mt-1.5 text-ink-2 text-sm">{text(isAlone ? 'room.emptyAlone' : 'room.emptyTogether')}</p>
        {isAlone && (
          <Button className="mt-5" icon={<Share2 className="size-4.5" />} onClick={() => openDialog({ name: 'share' })}>
            {text('room.invite')}
          </Button>
        )}
      </div>
    </div>
  )
}
