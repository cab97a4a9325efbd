import { Pencil, Reply, X } from 'lucide-react'
import { useText } from '../../i18n/text.ts'
import { placeholderOf } from '../../state/message-placeholder.ts'
import { excerptOf } from '../../state/message-size.ts'
import type { Composing } from '../../state/room-ui.ts'
import { IconButton } from '../../ui/icon-button.tsx'

export interface ComposerContextProps {
  readonly composing: Composing
  readonly onCancel: () => void
}

/** Above the field: which message is answered or changed. */
export function ComposerContext({ composing, onCancel }: ComposerContextProps) {
  const text = useText()
  if (composing.mode === 'new') return null
  const { message } = composing.item
  const placeholder = placeholderOf(message)
  const isReply = composing.mode === 'reply'
  return (
    <div className="mb-1 flex animate-[rise-in_140ms_ease-out] items-center gap-3 ps-3 pt-1">
      <span aria-hidden="true" className="text-accent-ink">
        {isReply ? <Reply className="size-5 rtl:-scale-x-100" /> : <Pencil className="size-4.5" />}
      </span>
      <div className="min-w-0 flex-1 border-accent border-s-2 ps-2.5 text-xs">
        <p className="truncate font-semibold text-ink-1">
          {isReply ? text('room.replyTo', { name: message.senderName }) : text('room.editing')}
        </p>
        <p dir="auto" className="ui-start truncate text-ink-2">
          {placeholder === null ? excerptOf(message.encryptedContent) : text(placeholder)}
        </p>
      </div>
      <IconButton
        label={text(isReply ? 'room.cancelReply' : 'room.cancelEdit')}
        icon={<X className="size-4.5" />}
        onClick={onCancel}
        className="rounded-[18px]!"
      />
    </div>
  )
}
