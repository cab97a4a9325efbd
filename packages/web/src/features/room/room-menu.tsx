import {
  AlarmClockPlus,
  DoorClosed,
  Download,
  Keyboard,
  Link2,
  Lock,
  LockOpen,
  LogOut,
  Mic,
  QrCode,
  Settings,
} from 'lucide-react'
import type { ReactElement } from 'react'
import { text as say, useText } from '../../i18n/text.ts'
import { roomLink } from '../../platform/room-code.ts'
import type { PlainDialog } from '../../state/room-ui.ts'
import { Kbd } from '../../ui/kbd.tsx'
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx'
import { showToast } from '../../ui/toaster.tsx'
import { useIsInVoice } from '../voice/use-voice.ts'
import { useChat, useOpenDialog, useRoom, useSelf } from './room-context.tsx'

/** What can be done with the room as a whole. */
export function RoomMenu({ trigger }: { readonly trigger: ReactElement }) {
  const text = useText()
  const { room, actions } = useRoom()
  const openDialog = useOpenDialog()
  const isHost = useSelf()?.role === 'host'
  const lacksKey = useChat(({ encryption }) => encryption === 'missing-key')
  const isInVoice = useIsInVoice()
  const isLocked = useChat((snapshot) => snapshot.chat?.isLocked ?? false)
  const open = (name: PlainDialog) => () => openDialog({ name })

  const toggleLock = async () => {
    if (!(await actions.attempt(room.chat.lock(!isLocked)))) return
    showToast(say(isLocked ? 'room.unlockedNow' : 'room.lockedNow'), { tone: 'success', id: 'lock' })
  }

  return (
    <Menu trigger={trigger}>
      <MenuItem
        icon={<Link2 className="size-4.5" />}
        onSelect={() => actions.copy(roomLink(room.chat.chatId, room.key), 'common.linkCopied')}
      >
        {text('common.copyLink')}
      </MenuItem>
      <MenuItem icon={<QrCode className="size-4.5" />} movesFocus onSelect={open('share')}>
        {text('room.shareTitle')}
      </MenuItem>
      {isHost && (
        <>
          <MenuSeparator />
          <MenuItem
            icon={isLocked ? <LockOpen className="size-4.5" /> : <Lock className="size-4.5" />}
            onSelect={() => void toggleLock()}
          >
            {text(isLocked ? 'room.unlock' : 'room.lock')}
          </MenuItem>
          <MenuItem icon={<AlarmClockPlus className="size-4.5" />} movesFocus onSelect={open('extend')}>
            {text('room.extend')}
          </MenuItem>
        </>
      )}
      <MenuSeparator />
      <MenuItem icon={<Download className="size-4.5" />} movesFocus onSelect={open('export')}>
        {text('room.export')}
      </MenuItem>
      {!isInVoice && !lacksKey && (
        <MenuItem
          icon={<Mic className="size-4.5" />}
          movesFocus
          onSelect={() => room.call.setState({ dialog: 'pre-join' })}
        >
          {text('room.checkDevices')}
        </MenuItem>
      )}
      <MenuItem icon={<Settings className="size-4.5" />} movesFocus onSelect={open('settings')}>
        {text('room.settings')}
      </MenuItem>
      <MenuItem
        icon={<Keyboard className="size-4.5" />}
        shortcut={<Kbd>?</Kbd>}
        movesFocus
        onSelect={open('shortcuts')}
      >
        {text('room.shortcuts')}
      </MenuItem>
      <MenuSeparator />
      <MenuItem danger icon={<LogOut className="size-4.5 rtl:-scale-x-100" />} movesFocus onSelect={open('leave')}>
        {text('room.leave')}
      </MenuItem>
      {isHost && (
        <MenuItem danger icon={<DoorClosed className="size-4.5" />} movesFocus onSelect={open('end')}>
          {text('room.end')}
        </MenuItem>
      )}
    </Menu>
  )
}
