import { formatDay } from '../../i18n/format.ts'
import { useText } from '../../i18n/text.ts'

const DAY_MS = 86_400_000
const dayOf = (at: number): number => new Date(at).setHours(0, 0, 0, 0)

/** Between days. `at` is any moment of the day that begins. */
export function DayLine({ at }: { readonly at: number }) {
  const text = useText()
  // A day has 23 to 25 hours: rounding takes care of the clock changes.
  const daysAgo = Math.round((dayOf(Date.now()) - dayOf(at)) / DAY_MS)
  const words = daysAgo === 0 ? text('room.today') : daysAgo === 1 ? text('room.yesterday') : formatDay(at)
  return (
    <div className="flex justify-center pt-5 pb-2">
      <span className="rounded-full bg-surface-3 px-3 py-1 font-medium text-ink-2 text-xs">{words}</span>
    </div>
  )
}

/** Above the first message that was not seen. */
export function UnreadLine() {
  const text = useText()
  return (
    <div className="flex items-center gap-3 pt-4 pb-1 font-semibold text-accent-ink text-xs">
      <span aria-hidden="true" className="h-px flex-1 bg-accent/40" />
      {text('room.newMessages')}
      <span aria-hidden="true" className="h-px flex-1 bg-accent/40" />
    </div>
  )
}
