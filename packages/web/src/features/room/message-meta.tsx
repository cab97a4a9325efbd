import type { TimelineMessage } from '@parley/client'
import { Check, CircleAlert, Clock } from 'lucide-react'
import { formatDateTime, formatTime } from '../../i18n/format.ts'
import { useLocale } from '../../i18n/locale.ts'
import { useText } from '../../i18n/text.ts'

/** When it was said and, of one's own, how far it got: in signs, and in words for those who hear them. */
export function MessageMeta({ item }: { readonly item: TimelineMessage }) {
  const text = useText()
  const { direction } = useLocale()
  const { createdAt, editedAt, deletedAt } = item.message
  return (
    // Floats to where the words end, by their direction; what it says is in the interface's own.
    <span className="relative top-1.5 float-end ms-3">
      <span
        dir={direction}
        className="tabular inline-flex select-none items-center gap-1 whitespace-nowrap text-[0.6875rem] text-ink-3 not-italic leading-5"
      >
        {editedAt !== undefined && deletedAt === undefined && <span>{text('room.edited')}</span>}
        <time dateTime={new Date(createdAt).toISOString()} title={formatDateTime(createdAt)}>
          {formatTime(createdAt)}
        </time>
        {item.own && <Status status={item.status} />}
      </span>
    </span>
  )
}

function Status({ status }: Pick<TimelineMessage, 'status'>) {
  const text = useText()
  const words = text(`room.${status}`)
  return (
    <span title={words} className="inline-flex items-center">
      {status === 'sent' && <Check className="size-3.5" aria-hidden="true" />}
      {status === 'failed' && <CircleAlert aria-hidden="true" className="size-3.5 text-danger" />}
      {(status === 'queued' || status === 'sending') && <Clock className="size-3.25" aria-hidden="true" />}
      <span className="sr-only">{words}</span>
    </span>
  )
}
