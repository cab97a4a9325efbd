import type { TimelineMessage } from '@parley/client'
import { useText } from '../../i18n/text.ts'
import { placeholderOf } from '../../state/message-placeholder.ts'
import { excerptOf } from '../../state/message-size.ts'
import { avatarColour } from '../../ui/avatar.tsx'
import { useRoom } from './room-context.tsx'

export interface MessageQuoteProps {
  readonly messageId: string
  /** `null` while it is not loaded. */
  readonly original: TimelineMessage | null
}

/** What a message answers; pressing it goes there. */
export function MessageQuote({ messageId, original }: MessageQuoteProps) {
  const text = useText()
  const { room } = useRoom()
  const message = original?.message
  const placeholder = message === undefined ? 'room.goToOriginal' : placeholderOf(message)
  const excerpt = placeholder === null ? excerptOf(message?.encryptedContent ?? '') : text(placeholder)
  const colour = avatarColour(message?.senderId ?? messageId)
  return (
    <button
      type="button"
      onClick={() => room.commands.jumpToMessage(messageId)}
      className="relative mb-1 block w-full min-w-[min(8rem,100%)] overflow-hidden rounded-[8px] bg-surface-3/70 py-1.5 ps-3.5 pe-3 text-start text-xs transition-colors duration-150 hover:bg-surface-3"
    >
      <span aria-hidden="true" className="absolute inset-y-0 start-0 w-1" style={{ background: colour }} />
      <span className="sr-only">
        {text('room.replyingTo', { name: message?.senderName ?? text('room.earlierMessage') })}:{' '}
      </span>
      <span aria-hidden="true" dir="auto" className="ui-start block truncate font-semibold text-ink-1">
        {message?.senderName ?? text('room.earlierMessage')}
      </span>
      <span dir="auto" className="ui-start block truncate text-ink-2">
        {excerpt}
      </span>
    </button>
  )
}
