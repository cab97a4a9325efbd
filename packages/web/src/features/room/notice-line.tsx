import type { TimelineNotice } from '@parley/client'
import { formatTime } from '../../i18n/format.ts'
import { useLocale } from '../../i18n/locale.ts'
import { type Text, useText } from '../../i18n/text.ts'
import { comingsAndGoings, type NoticeRow } from '../../state/timeline-rows.ts'

const NAMED_AT_MOST = 3

/** What happened between messages, in one quiet line. */
export function NoticeLine({ row }: { readonly row: NoticeRow }) {
  const text = useText()
  const { language, direction } = useLocale()
  const at = row.items.at(-1)?.at ?? 0
  return (
    <p className="mx-auto max-w-[90%] py-2 text-center text-ink-3 text-xs">
      {/* Each in a direction of its own: a name in another script must not draw the time to itself. */}
      <span dir={direction}>{noticeWords(row.items, text, language)}</span>
      <time dir={direction} dateTime={new Date(at).toISOString()} className="tabular ms-2">
        {formatTime(at)}
      </time>
    </p>
  )
}

/** The words of a line of notices. */
function noticeWords(items: readonly TimelineNotice[], text: Text, language: string): string {
  const [first] = items
  if (first === undefined) return ''
  const { notice } = first
  switch (notice.type) {
    case 'role':
      return text(
        notice.role === 'host'
          ? 'room.becameHost'
          : notice.role === 'moderator'
            ? 'room.becameModerator'
            : notice.role === 'speaker'
              ? 'room.becameSpeaker'
              : 'room.becameListener',
        { name: notice.name },
      )
    case 'locked':
      return text('room.lockedBy', { name: notice.byName })
    case 'unlocked':
      return text('room.unlockedBy', { name: notice.byName })
    case 'extended':
      return text('room.extendedBy', { name: notice.byName, time: formatTime(notice.expiresAt) })
    case 'renamed':
      return text('room.renamedBy', { by: notice.byName, name: notice.name })
    default:
      return movesInWords(items, text, language)
  }
}

function movesInWords(items: readonly TimelineNotice[], text: Text, language: string): string {
  const { joined, left, removed } = comingsAndGoings(items)
  const list = (names: readonly string[]) => {
    const rest = names.length - NAMED_AT_MOST
    const shown = rest > 1 ? [...names.slice(0, NAMED_AT_MOST), text('room.andOthers', { count: rest })] : names
    return new Intl.ListFormat(language).format(shown)
  }
  return [
    joined.length > 0 && text('room.joined', { count: joined.length, names: list(joined) }),
    left.length > 0 && text('room.left', { count: left.length, names: list(left) }),
    removed.length > 0 && text('room.removed', { count: removed.length, names: list(removed) }),
  ]
    .filter(Boolean)
    .join(' · ')
}
