import { useText } from '../../i18n/text.ts'
import { placeholderOf } from '../../state/message-placeholder.ts'
import { bigEmojiCount, foldedText } from '../../state/message-size.ts'
import type { MessageRow } from '../../state/timeline-rows.ts'
import { Button } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { MessageBody } from './message-body.tsx'
import { MessageMeta } from './message-meta.tsx'
import { MessageQuote } from './message-quote.tsx'
import { useRoom } from './room-context.tsx'

/** What was said: in a bubble, large when it is only emoji, folded when it is long, a trace when it was deleted or can’t be read. */
export function MessageBubble({ row }: { readonly row: MessageRow }) {
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
  const placeholder = placeholderOf(message)
  if (placeholder !== null)
    return (
      <div className="flow-root rounded-m border border-line border-dashed px-3.5 py-2 text-ink-3 text-sm italic">
        {name}
        {text(placeholder)}
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
        'max-w-full rounded-[18px] px-3.5 py-2 text-[0.9375rem] leading-normal forced-colors:border',
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
