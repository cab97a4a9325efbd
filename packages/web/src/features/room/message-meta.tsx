import type { TimelineMessage } from '@parley/client'
import { Check, CircleAlert, Clock } from 'lucide-react'
import { formatDateTime, formatTime } from '../../i18n/format.ts'
import { useLocale } from '../../i18n/locale.ts'
import { useText } from '../../i18n/text.ts'
import { classNames } from '../../ui/class-names.ts'

/** When it was said and, of one's own, how far it got: in signs, and in words for those who hear them. */
export function MessageMeta({ item }: { readonly item: TimelineMessage }) {
  const text = useText()
  const { direction } = useLocale()
  const { createdAt, editedAt, deletedAt } = item.message
  return (
    <span
      dir={direction}
      className={classNames(
        'tabular relative top-1.5 ms-3 inline-flex select-none items-center gap-1 whitespace-nowrap text-[0.6875rem] text-ink-3 leading-5',
        direction === 'rtl' ? 'float-left' : 'float-right',
      )}
    >
      {editedAt !== undefined && deletedAt === undefined && <span>{text('room.edited')}</span>}
      <time dateTime={new Date(createdAt).toISOString()} title={formatDateTime(createdAt)}>
        {formatTime(createdAt)}
      </time>
      {item.own && <Status status={item.status} />}
    </span>
  )
}

function Status({ status }: Pick<TimelineMessage, 'status'>) {
  const text = useText()
  const words = text(`room.${status}`)
  return (
    <span title={words} className="inline-flex items-center">
      {status === 'sent' && <Check size={14} aria-hidden="true" />}
      {status === 'failed' && <CircleAlert size={14} aria-hidden="true" className="text-danger" />}
      {(status === 'queued' || status === 'sending') && <Clock size={13} aria-hidden="true" />}
      <span className="sr-only">{words}</span>
    </span>
  )
}
