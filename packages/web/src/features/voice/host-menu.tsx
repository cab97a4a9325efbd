import { CircleDot, CircleStop, DoorClosed, Download, MicOff, Shield, ShieldOff, Users } from 'lucide-react'
import { useText } from '../../i18n/text.ts'
import { useVoiceText, voiceText } from '../../i18n/voice-words.ts'
import type { CallDialog } from '../../state/call-ui.ts'
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx'
import { showToast } from '../../ui/toaster.tsx'
import { useOpenDialog, useRoom, useSelf } from '../room/room-context.tsx'
import { DockButton } from './dock-button.tsx'
import { useCallActions } from './use-call-actions.ts'
import { useRecordingOffer } from './use-recording-offer.ts'
import { useVoice } from './use-voice.ts'

/** What the host and moderators may do with the call as a whole. */
export function HostMenu() {
  const say = useVoiceText()
  const text = useText()
  const { room } = useRoom()
  const openRoomDialog = useOpenDialog()
  const { attempt } = useCallActions()
  const role = useSelf()?.role
  const isRecording = useVoice(({ recording }) => recording !== null)
  const isStage = useVoice(({ stage }) => stage)
  const offersRecording = useRecordingOffer()
  if (role !== 'host' && role !== 'moderator') return null
  const isHost = role === 'host'
  const open = (dialog: CallDialog) => () => room.call.setState({ dialog })
  const muteAll = (hard: boolean) => async () => {
    if (await attempt(room.voice.muteAll({ hard })))
      showToast(voiceText(hard ? 'mutedAllHard' : 'mutedAll'), { tone: 'success', id: 'mute-all' })
  }
  const setStage = (stage: boolean) => async () => {
    if (await attempt(room.voice.setStage(stage)))
      showToast(voiceText(stage ? 'stageOn' : 'stageOff'), { tone: 'success', id: 'stage' })
  }
  return (
    <Menu
      side="top"
      trigger={<DockButton label={say('hostMenu')} short={say('host')} icon={<Shield className="size-5.25" />} />}
    >
      <MenuItem icon={<MicOff className="size-4.5" />} onSelect={() => void muteAll(false)()}>
        {say('muteAll')}
      </MenuItem>
      <MenuItem icon={<ShieldOff className="size-4.5" />} onSelect={() => void muteAll(true)()}>
        {say('muteAllHard')}
      </MenuItem>
      {isHost && (
        <>
          <MenuSeparator />
          <MenuItem icon={<Users className="size-4.5" />} onSelect={() => void setStage(!isStage)()}>
            {say(isStage ? 'stageEnd' : 'stageStart')}
          </MenuItem>
          {offersRecording && (
            <>
              <MenuSeparator />
              {isRecording ? (
                <MenuItem
                  icon={<CircleStop className="size-4.5" />}
                  onSelect={() => void attempt(room.voice.record(false))}
                >
                  {say('recordStop')}
                </MenuItem>
              ) : (
                <MenuItem icon={<CircleDot className="size-4.5" />} movesFocus onSelect={open('record')}>
                  {say('recordStart')}
                </MenuItem>
              )}
              <MenuItem icon={<Download className="size-4.5" />} movesFocus onSelect={open('recordings')}>
                {say('recordings')}
              </MenuItem>
            </>
          )}
          <MenuSeparator />
          <MenuItem
            danger
            icon={<DoorClosed className="size-4.5" />}
            movesFocus
            onSelect={() => openRoomDialog({ name: 'end' })}
          >
            {text('room.end')}
          </MenuItem>
        </>
      )}
    </Menu>
  )
}
