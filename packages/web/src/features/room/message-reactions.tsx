import type { TimelineMessage } from '@parley/client'
import { formatNumber } from '../../i18n/format.ts'
import { useLocale } from '../../i18n/locale.ts'
import { useText } from '../../i18n/text.ts'
import { nameIn } from '../../state/people.ts'
import { classNames } from '../../ui/class-names.ts'
import { Tooltip } from '../../ui/tooltip.tsx'
import { useChat, useRoom } from './room-context.tsx'

/** Who reacted with what; pressing one adds or takes back one's own. */
export function MessageReactions({ item }: { readonly item: TimelineMessage }) {
  const shown = Object.entries(item.message.reactions).filter(([, userIds]) => userIds.length > 0)
  if (shown.length === 0) return null
  return (
    <div className={classNames('mt-1 mb-1.5 flex flex-wrap gap-1.5', item.own && 'justify-end')}>
      {shown.map(([emoji, userIds]) => (
        <Reaction key={emoji} item={item} emoji={emoji} userIds={userIds} />
      ))}
    </div>
  )
}

interface ReactionProps {
  readonly item: TimelineMessage
  readonly emoji: string
  readonly userIds: readonly string[]
}

function Reaction({ item, emoji, userIds }: ReactionProps) {
  const text = useText()
  const { language } = useLocale()
  const { room, actions } = useRoom()
  const selfId = useChat((snapshot) => snapshot.selfId)
  const isMine = selfId !== null && userIds.includes(selfId)
  const others = userIds
    .filter((userId) => userId !== selfId)
    .map((userId) => nameIn(room.chat.getSnapshot(), userId) ?? text('room.someone'))
  const names = new Intl.ListFormat(language).format(isMine ? [...others, text('room.you')] : others)
  const words = text('room.reactionBy', { emoji, names })
  return (
    <Tooltip label={words}>
      <button
        type="button"
        aria-pressed={isMine}
        aria-label={words}
        onClick={() => actions.react(item, emoji)}
        className={classNames(
          'tabular relative inline-flex h-8 animate-[fade-in_150ms_ease-out] items-center gap-1.5 rounded-full border px-2.5 font-medium text-xs transition-colors duration-150 after:absolute after:-inset-x-0.5 after:-inset-y-1.5',
          isMine
            ? 'border-accent bg-accent-soft text-accent-ink'
            : 'border-line bg-surface-2 text-ink-2 hover:border-line-strong',
        )}
      >
        <span aria-hidden="true" className="text-base leading-none">
          {emoji}
        </span>
        <span aria-hidden="true">{formatNumber(userIds.length)}</span>
      </button>
    </Tooltip>
  )
}
