import type { TimelineMessage } from '@parley/client'
import { Copy, Maximize2, Pencil, Reply, Trash2 } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useText } from '../../i18n/text.ts'
import { placeholderOf } from '../../state/message-placeholder.ts'
import { excerptOf, foldedText } from '../../state/message-size.ts'
import { classNames } from '../../ui/class-names.ts'
import { Sheet } from '../../ui/sheet.tsx'
import { ReactionPicker } from './reaction-picker.tsx'
import { messageRights } from './room-actions.ts'
import { useRoom, useRoomUi, useSelf } from './room-context.tsx'

/** On touch: what can be done with the message that was tapped. */
export function MessageSheet() {
  const item = useRoomUi((ui) => ui.sheetItem)
  const { room } = useRoom()
  // Keeps showing the message while the sheet slides away.
  const [shown, setShown] = useState(item)
  if (item !== null && item !== shown) setShown(item)
  const text = useText()
  return (
    <Sheet
      open={item !== null}
      onOpenChange={() => room.ui.setState({ sheetItem: null })}
      title={text('room.messageActions')}
    >
      {shown !== null && <SheetActions item={shown} />}
    </Sheet>
  )
}

function SheetActions({ item }: { readonly item: TimelineMessage }) {
  const text = useText()
  const { room, actions } = useRoom()
  const rights = messageRights(item, useSelf()?.role === 'host')
  const placeholder = placeholderOf(item.message)
  const close = () => room.ui.setState({ sheetItem: null })
  const then = (work: () => void) => () => {
    close()
    // The sheet gives the focus back first.
    setTimeout(work, 0)
  }
  return (
    <div className="flex flex-col gap-3">
      <p dir="auto" className="ui-start line-clamp-2 rounded-s bg-surface-3 px-3 py-2 text-ink-2 text-sm">
        {placeholder === null ? excerptOf(item.message.encryptedContent) : text(placeholder)}
      </p>
      {rights.mayAnswer && (
        <div className="-mx-1 flex justify-center [&>div]:w-full [&>div]:justify-between">
          <ReactionPicker onPick={(emoji) => then(() => actions.react(item, emoji))()} />
        </div>
      )}
      <div className="-mx-2 flex flex-col">
        {rights.mayAnswer && (
          <SheetAction icon={<Reply className="size-5 rtl:-scale-x-100" />} onClick={then(() => actions.reply(item))}>
            {text('room.reply')}
          </SheetAction>
        )}
        {rights.mayCopy && (
          <SheetAction
            icon={<Copy className="size-5" />}
            onClick={then(() => actions.copy(item.message.encryptedContent, 'room.textCopied'))}
          >
            {text('room.copyText')}
          </SheetAction>
        )}
        {foldedText(item.message.encryptedContent) !== null && (
          <SheetAction
            icon={<Maximize2 className="size-5" />}
            onClick={then(() => room.ui.setState({ dialog: { name: 'full-text', item } }))}
          >
            {text('room.showAll')}
          </SheetAction>
        )}
        {rights.mayEdit && (
          <SheetAction icon={<Pencil className="size-5" />} onClick={then(() => actions.edit(item))}>
            {text('room.edit')}
          </SheetAction>
        )}
        {rights.mayDelete && (
          <SheetAction danger icon={<Trash2 className="size-5" />} onClick={then(() => actions.askToDelete(item))}>
            {text('room.delete')}
          </SheetAction>
        )}
      </div>
    </div>
  )
}

interface SheetActionProps {
  readonly icon: ReactNode
  readonly onClick: () => void
  readonly danger?: boolean
  readonly children: ReactNode
}

function SheetAction({ icon, onClick, danger = false, children }: SheetActionProps) {
  return (
    <button
      type="button"
      onClick={onClick}
      className={classNames(
        'flex min-h-12 items-center gap-4 rounded-s px-3 text-start active:bg-surface-3',
        danger ? 'text-danger' : 'text-ink-1',
      )}
    >
      <span aria-hidden="true" className={danger ? '' : 'text-ink-3'}>
        {icon}
      </span>
      {children}
    </button>
  )
}
