import { memo, useState } from 'react'
import { formatTime } from '../../i18n/format.ts'
import { useText } from '../../i18n/text.ts'
import { placeholderOf } from '../../state/message-placeholder.ts'
import { excerptOf } from '../../state/message-size.ts'
import type { MessageRow as MessageRowData } from '../../state/timeline-rows.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { classNames } from '../../ui/class-names.ts'
import { FailedLine } from './failed-line.tsx'
import { MessageBubble } from './message-bubble.tsx'
import { MessageReactions } from './message-reactions.tsx'
import { MessageToolbar } from './message-toolbar.tsx'
import { useRoom, useRoomUi } from './room-context.tsx'
import { type MoveFocus, rowElementId } from './use-focus-moves.ts'
import { useMessageKeys } from './use-message-keys.ts'
import { useTouchActions } from './use-touch-actions.ts'

const FRESH_MS = 1500

export interface MessageRowProps {
  readonly row: MessageRowData
  readonly place: number
  /** Moves the focus among messages. */
  readonly onMove: MoveFocus
}

/** One message: who, what, when, what it answers, what others made of it, and what can be done with it. */
export const MessageRow = memo(function MessageRow({ row, place, onMove }: MessageRowProps) {
  const text = useText()
  const { room } = useRoom()
  const { item } = row
  const { message } = item
  const isFocusable = useRoomUi((ui) => ui.focusedKey === row.key)
  const opened = useRoomUi((ui) => (ui.openOnMessage?.key === row.key ? ui.openOnMessage.what : null))
  const isHighlighted = useRoomUi((ui) => ui.highlightedId === message.id)
  // What scrolls into view stands there; only what is said now comes in.
  const [isFresh] = useState(() => Date.now() + room.client.clockOffsetMs - message.createdAt < FRESH_MS)
  const [isHovered, setIsHovered] = useState(false)
  const [hasFocus, setHasFocus] = useState(false)
  const onKeyDown = useMessageKeys(row, onMove)
  const touch = useTouchActions(item)
  const placeholder = placeholderOf(message)
  const isDeleted = message.deletedAt !== undefined

  return (
    <article
      id={rowElementId(row.key)}
      aria-posinset={place}
      aria-setsize={-1}
      aria-label={`${item.own ? text('room.yourMessage', { time: formatTime(message.createdAt) }) : text('room.messageBy', { name: message.senderName, time: formatTime(message.createdAt) })}: ${placeholder === null ? excerptOf(message.encryptedContent, 400) : text(placeholder)}`}
      tabIndex={isFocusable ? 0 : -1}
      onKeyDown={onKeyDown}
      onFocus={() => {
        setHasFocus(true)
        room.ui.setState({ focusedKey: row.key })
      }}
      onBlur={({ currentTarget, relatedTarget }) => setHasFocus(currentTarget.contains(relatedTarget))}
      onPointerEnter={({ pointerType }) => setIsHovered(pointerType === 'mouse')}
      onPointerLeave={() => setIsHovered(false)}
      className={classNames(
        'group/row relative flex rounded-m px-2 outline-offset-0 transition-colors duration-500 sm:px-3',
        row.startsGroup ? 'pt-2.5' : 'pt-0.5',
        item.own ? 'justify-end ps-12 sm:ps-24' : 'gap-2 pe-10 sm:gap-2.5 sm:pe-24',
        isHighlighted && 'bg-accent-soft',
        isFresh && 'animate-[rise-in_180ms_ease-out]',
      )}
    >
      {!item.own &&
        (row.endsGroup ? (
          <Avatar id={message.senderId} name={message.senderName} className="mt-auto size-8! sm:size-9!" />
        ) : (
          <span aria-hidden="true" className="w-8 shrink-0 sm:w-9" />
        ))}
      <div className={classNames('relative flex min-w-0 max-w-full flex-col', item.own ? 'items-end' : 'items-start')}>
        <div className="relative max-w-full" {...touch}>
          <MessageBubble row={row} />
          {(isHovered || hasFocus || opened !== null) && (
            <div
              className={classNames(
                'absolute top-0 z-10 pointer-coarse:hidden',
                item.own ? 'end-full me-2' : 'start-full ms-2',
              )}
            >
              <MessageToolbar rowKey={row.key} item={item} opened={opened} />
            </div>
          )}
        </div>
        {!isDeleted && <MessageReactions item={item} />}
        {item.status === 'failed' && <FailedLine item={item} />}
      </div>
    </article>
  )
})
