import {
  Activity,
  Ellipsis,
  Hand,
  HeadphoneOff,
  Headphones,
  MonitorUp,
  MonitorX,
  Network,
  SlidersHorizontal,
} from 'lucide-react'
import { useVoiceText } from '../../i18n/voice-words.ts'
import type { CallDialog } from '../../state/call-ui.ts'
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx'
import { useRoom } from '../room/room-context.tsx'
import { canShareScreen } from './can-share-screen.ts'
import { DeviceChoices } from './device-choices.tsx'
import { DockButton } from './dock-button.tsx'
import { useCallActions } from './use-call-actions.ts'
import { useVoice } from './use-voice.ts'

export interface CallMenuProps {
  /** Asked when it opens: the dock has no room for what is also in here. */
  readonly isWhole: () => boolean
}

/** The devices, and what is seldom needed; in a narrow room also what has no place in the dock. */
export function CallMenu({ isWhole }: CallMenuProps) {
  const say = useVoiceText()
  const { room } = useRoom()
  const open = (dialog: CallDialog) => () => room.call.setState({ dialog })
  return (
    <Menu
      side="top"
      trigger={<DockButton label={say('callMenu')} short={say('more')} icon={<Ellipsis className="size-5.25" />} />}
    >
      <NarrowItems isWhole={isWhole} />
      <DeviceChoices />
      <MenuItem icon={<SlidersHorizontal className="size-4.5" />} movesFocus onSelect={open('settings')}>
        {say('settings')}
      </MenuItem>
      <MenuItem icon={<Activity className="size-4.5" />} movesFocus onSelect={open('statistics')}>
        {say('statistics')}
      </MenuItem>
      <MenuItem icon={<Network className="size-4.5" />} movesFocus onSelect={open('line-check')}>
        {say('lineCheck')}
      </MenuItem>
    </Menu>
  )
}

function NarrowItems({ isWhole }: CallMenuProps) {
  const say = useVoiceText()
  const { voice } = useRoom().room
  const { toggleScreen, toggleHand } = useCallActions()
  const { deafened, hand, screenOn, listenOnly } = useVoice(({ self }) => self)
  if (!isWhole()) return null
  return (
    <>
      <MenuItem icon={<Hand className="size-4.5" />} onSelect={toggleHand}>
        {say(hand ? 'handDown' : 'handUp')}
      </MenuItem>
      <MenuItem
        icon={deafened ? <HeadphoneOff className="size-4.5" /> : <Headphones className="size-4.5" />}
        onSelect={() => voice.setDeafened(!deafened)}
      >
        {say(deafened ? 'undeafen' : 'deafen')}
      </MenuItem>
      {!listenOnly && canShareScreen() && (
        <MenuItem
          icon={screenOn ? <MonitorX className="size-4.5" /> : <MonitorUp className="size-4.5" />}
          onSelect={toggleScreen}
        >
          {say(screenOn ? 'screenOff' : 'screenOn')}
        </MenuItem>
      )}
      <MenuSeparator />
    </>
  )
}
