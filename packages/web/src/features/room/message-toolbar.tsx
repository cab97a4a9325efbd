import type { TimelineMessage } from '@parley/client'
import { Copy, Ellipsis, Maximize2, Pencil, Reply, SmilePlus, Trash2 } from 'lucide-react'
import { useText } from '../../i18n/text.ts'
import { foldedText } from '../../state/message-size.ts'
import type { RoomUi } from '../../state/room-ui.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { Kbd } from '../../ui/kbd.tsx'
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx'
import { Popover } from './popover.tsx'
import { ReactionPicker } from './reaction-picker.tsx'
import { messageRights } from './room-actions.ts'
import { useRoom, useSelf } from './room-context.tsx'

export interface MessageToolbarProps {
  readonly rowKey: string
  readonly item: TimelineMessage
  readonly opened: 'menu' | 'reactions' | null
}

/** What can be done with a message, beside it, while the pointer or the focus is on it. */
export function MessageToolbar({ rowKey, item, opened }: MessageToolbarProps) {
  const text = useText()
  const { room, actions } = useRoom()
  const isHost = useSelf()?.role === 'host'
  const rights = messageRights(item, isHost)
  const open = (what: 'menu' | 'reactions') => (isOpen: boolean) => {
    const openOnMessage: RoomUi['openOnMessage'] = isOpen ? { key: rowKey, what } : null
    room.ui.setState({ openOnMessage })
  }
  if (!rights.mayCopy && !rights.mayDelete) return null
  return (
    <div className="flex animate-[fade-in_120ms_ease-out] items-center rounded-s border border-line bg-surface-2 p-0.5 shadow-low">
      {rights.mayAnswer && (
        <>
          <Popover
            label={text('room.react')}
            open={opened === 'reactions'}
            onOpenChange={open('reactions')}
            trigger={<IconButton size="s" label={text('room.react')} icon={<SmilePlus className="size-4.5" />} />}
          >
            <ReactionPicker
              onPick={(emoji) => {
                open('reactions')(false)
                actions.react(item, emoji)
              }}
            />
          </Popover>
          <IconButton
            size="s"
            label={text('room.reply')}
            icon={<Reply className="size-4.5 rtl:-scale-x-100" />}
            onClick={() => actions.reply(item)}
          />
        </>
      )}
      <Menu
        open={opened === 'menu'}
        onOpenChange={open('menu')}
        trigger={<IconButton size="s" label={text('room.actions')} icon={<Ellipsis className="size-4.5" />} />}
      >
        <MessageMenuItems item={item} isHost={isHost} />
      </Menu>
    </div>
  )
}

function MessageMenuItems({ item, isHost }: { readonly item: TimelineMessage; readonly isHost: boolean }) {
  const text = useText()
  const { room, actions } = useRoom()
  const rights = messageRights(item, isHost)
  return (
    <>
      {rights.mayAnswer && (
        <MenuItem
          icon={<Reply className="size-4.5 rtl:-scale-x-100" />}
          shortcut={<Kbd>R</Kbd>}
          movesFocus
          onSelect={() => actions.reply(item)}
        >
          {text('room.reply')}
        </MenuItem>
      )}
      {rights.mayCopy && (
        <MenuItem
          icon={<Copy className="size-4.5" />}
          shortcut={<Kbd>Y</Kbd>}
          onSelect={() => actions.copy(item.message.encryptedContent, 'room.textCopied')}
        >
          {text('room.copyText')}
        </MenuItem>
      )}
      {foldedText(item.message.encryptedContent) !== null && (
        <MenuItem
          icon={<Maximize2 className="size-4.5" />}
          movesFocus
          onSelect={() => room.ui.setState({ dialog: { name: 'full-text', item } })}
        >
          {text('room.showAll')}
        </MenuItem>
      )}
      {rights.mayEdit && (
        <MenuItem
          icon={<Pencil className="size-4.5" />}
          shortcut={<Kbd>E</Kbd>}
          movesFocus
          onSelect={() => actions.edit(item)}
        >
          {text('room.edit')}
        </MenuItem>
      )}
      {rights.mayDelete && (
        <>
          {rights.mayCopy && <MenuSeparator />}
          <MenuItem danger icon={<Trash2 className="size-4.5" />} movesFocus onSelect={() => actions.askToDelete(item)}>
            {text('room.delete')}
          </MenuItem>
        </>
      )}
    </>
  )
}
