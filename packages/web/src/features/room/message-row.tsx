import { CircleAlert, RotateCcw, Trash2 } from 'lucide-react'
import { type KeyboardEvent, memo, type PointerEvent, useRef, useState } from 'react'
import { formatTime } from '../../i18n/format.ts'
import { useText } from '../../i18n/text.ts'
import { bigEmojiCount, excerptOf, foldedText } from '../../state/message-size.ts'
import { messageKeyAction } from '../../state/room-keys.ts'
import type { MessageRow as MessageRowData } from '../../state/timeline-rows.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { failureWords } from './failure-words.ts'
import { MessageBody } from './message-body.tsx'
import { MessageMeta } from './message-meta.tsx'
import { MessageQuote } from './message-quote.tsx'
import { MessageReactions } from './message-reactions.tsx'
import { MessageToolbar } from './message-toolbar.tsx'
import { messageRights } from './room-actions.ts'
import { useRoom, useRoomUi, useSelf } from './room-context.tsx'

const LONG_PRESS_MS = 450
/** A finger that moves further is scrolling. */
const SLIP_PX = 10

export interface MessageRowProps {
  readonly row: MessageRowData
  readonly place: number
  /** Moves the focus among messages. */
  readonly onMove: (key: string, to: 'previous' | 'next' | 'first' | 'latest') => void
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
  const [isHovered, setIsHovered] = useState(false)
  const [hasFocus, setHasFocus] = useState(false)
  const onKeyDown = useMessageKeys(row, onMove)
  const touch = useTouchActions(row)
  const isDeleted = message.deletedAt !== undefined

  return (
    <article
      id={rowElementId(row.key)}
      aria-posinset={place}
      aria-setsize={-1}
      aria-label={`${item.own ? text('room.yourMessage', { time: formatTime(message.createdAt) }) : text('room.messageBy', { name: message.senderName, time: formatTime(message.createdAt) })}: ${isDeleted ? text('room.deleted') : excerptOf(message.encryptedContent, 400)}`}
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
          <Bubble row={row} />
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
        {item.status === 'failed' && <FailedLine row={row} />}
      </div>
    </article>
  )
})

/** The id of a row's element, so that the focus can be moved to it. */
export const rowElementId = (key: string): string => `message-${key}`

function Bubble({ row }: { readonly row: MessageRowData }) {
  const text = useText()
  const { room } = useRoom()
  const { item, startsGroup, endsGroup, original } = row
  const { message } = item
  const meta = <MessageMeta item={item} />
  const name = !item.own && startsGroup && (
    <p className="mb-0.5 truncate font-semibold text-ink-1 text-xs">
      <bdi>{message.senderName}</bdi>
    </p>
  )
  if (message.deletedAt !== undefined)
    return (
      <div className="flow-root rounded-m border border-line border-dashed px-3.5 py-2 text-ink-3 text-sm italic">
        {name}
        {text('room.deleted')}
        {meta}
      </div>
    )
  const emojiCount = message.replyToId === undefined ? bigEmojiCount(message.encryptedContent) : 0
  if (emojiCount > 0)
    return (
      <div className="px-1">
        {name}
        <div className="flex items-end py-1">
          <span className={classNames('leading-tight', emojiCount === 1 ? 'text-[3.5rem]' : 'text-[2.5rem]')}>
            {message.encryptedContent}
          </span>
          {meta}
        </div>
      </div>
    )
  const folded = foldedText(message.encryptedContent)
  return (
    <div
      className={classNames(
        'max-w-full rounded-[18px] px-3.5 py-2 text-[0.9375rem] leading-normal',
        item.own ? 'bg-accent-soft' : 'bg-surface-2 shadow-low',
        item.own && !startsGroup && 'rounded-se-[6px]',
        item.own && !endsGroup && 'rounded-ee-[6px]',
        !item.own && !startsGroup && 'rounded-ss-[6px]',
        !item.own && !endsGroup && 'rounded-es-[6px]',
        item.own && endsGroup && 'rounded-ee-[6px]',
        !item.own && endsGroup && 'rounded-es-[6px]',
      )}
    >
      {name}
      {message.replyToId !== undefined && <MessageQuote messageId={message.replyToId} original={original} />}
      {folded === null ? (
        <MessageBody content={message.encryptedContent} trailing={meta} />
      ) : (
        <>
          <div className="[mask-image:linear-gradient(#000_calc(100%-48px),transparent)]">
            <MessageBody content={folded} />
          </div>
          <div className="flow-root">
            <Button
              variant="quiet"
              size="s"
              className="-ms-3 text-focus!"
              onClick={() => room.ui.setState({ dialog: { name: 'full-text', item } })}
            >
              {text('room.showAll')}
            </Button>
            {meta}
          </div>
        </>
      )}
    </div>
  )
}

function FailedLine({ row: { item } }: { readonly row: MessageRowData }) {
  const text = useText()
  const { room } = useRoom()
  const why = item.error === undefined ? text('room.errorOther') : text(failureWords(item.error.code))
  return (
    <div className="mt-1 flex max-w-md flex-wrap items-center justify-end gap-x-1 text-danger text-xs">
      <CircleAlert size={14} aria-hidden="true" className="shrink-0" />
      <span>
        {text('room.failed')}. {why}
      </span>
      <Button
        variant="quiet"
        size="s"
        icon={<RotateCcw size={15} />}
        onClick={() => room.chat.retry(item.message.tempId ?? item.message.id)}
      >
        {text('room.retry')}
      </Button>
      <Button
        variant="quiet"
        size="s"
        icon={<Trash2 size={15} />}
        onClick={() => room.chat.discard(item.message.tempId ?? item.message.id)}
      >
        {text('room.discard')}
      </Button>
    </div>
  )
}

/** Keys on the message itself; those pressed on a button inside it are the button's. */
function useMessageKeys(row: MessageRowData, onMove: MessageRowProps['onMove']) {
  const { room, actions } = useRoom()
  const isHost = useSelf()?.role === 'host'
  return (event: KeyboardEvent<HTMLElement>) => {
    const isOnMessage = event.target === event.currentTarget
    const action = messageKeyAction(event)
    if (action === null || (!isOnMessage && action !== 'leave' && action !== 'previous' && action !== 'next')) return
    if (!event.currentTarget.contains(event.target as Node)) return
    const { item } = row
    const rights = messageRights(item, isHost)
    const openOn = (what: 'menu' | 'reactions') => room.ui.setState({ openOnMessage: { key: row.key, what } })
    event.preventDefault()
    event.stopPropagation()
    switch (action) {
      case 'previous':
      case 'next':
      case 'first':
      case 'latest':
        return onMove(row.key, action)
      case 'leave':
        room.ui.setState({ focusedKey: null })
        return room.commands.focusComposer()
      case 'open':
        return rights.mayCopy ? openOn('menu') : undefined
      case 'react':
        return rights.mayAnswer ? openOn('reactions') : undefined
      case 'reply':
        return rights.mayAnswer ? actions.reply(item) : undefined
      case 'edit':
        return rights.mayEdit ? actions.edit(item) : undefined
      case 'delete':
        return rights.mayDelete ? actions.askToDelete(item) : undefined
      case 'copy':
        return rights.mayCopy ? actions.copy(item.message.encryptedContent, 'room.textCopied') : undefined
    }
  }
}

/** On touch a tap or a long press opens the actions; links and buttons inside keep their own. */
function useTouchActions({ item }: MessageRowData) {
  const { room } = useRoom()
  const press = useRef<{ readonly timer: ReturnType<typeof setTimeout>; readonly x: number; readonly y: number }>(null)
  const open = () => {
    press.current = null
    if (item.message.deletedAt === undefined) room.ui.setState({ sheetItem: item })
  }
  const stop = () => {
    clearTimeout(press.current?.timer)
    press.current = null
  }
  return {
    onPointerDown: ({ pointerType, target, clientX, clientY }: PointerEvent) => {
      const isOwnControl = target instanceof Element && target.closest('a, button, pre') !== null
      if (pointerType === 'mouse' || isOwnControl) return
      press.current = { timer: setTimeout(open, LONG_PRESS_MS), x: clientX, y: clientY }
    },
    onPointerMove: ({ clientX, clientY }: PointerEvent) => {
      if (press.current === null) return
      if (Math.hypot(clientX - press.current.x, clientY - press.current.y) > SLIP_PX) stop()
    },
    onPointerUp: () => {
      if (press.current === null) return
      stop()
      open()
    },
    onPointerCancel: stop,
  }
}
