import { ArrowDown } from 'lucide-react'
import { useText } from '../../i18n/text.ts'
import { useRoomUi } from './room-context.tsx'

/** Back to the newest message, with how many came meanwhile. */
export function JumpToLatest({ footPx, onJump }: { readonly footPx: number; readonly onJump: () => void }) {
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
        <ArrowDown className="size-5" aria-hidden="true" />
        {count > 0 && <span className="tabular">{label}</span>}
      </button>
    </div>
  )
}
