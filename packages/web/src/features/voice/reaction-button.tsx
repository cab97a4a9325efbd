import { SmilePlus } from 'lucide-react'
import { useState } from 'react'
import { useVoiceText } from '../../i18n/voice-words.ts'
import { Popover } from '../room/popover.tsx'
import { ReactionPicker } from '../room/reaction-picker.tsx'
import { useRoom } from '../room/room-context.tsx'
import { DockButton } from './dock-button.tsx'
import { useCallActions } from './use-call-actions.ts'

/** Sends a reaction that floats over everybody's stage for a moment. It stays open: applause is more than one press. */
export function ReactionButton() {
  const say = useVoiceText()
  const { voice } = useRoom().room
  const { attempt } = useCallActions()
  const [isOpen, setIsOpen] = useState(false)
  return (
    <Popover
      label={say('reactions')}
      open={isOpen}
      onOpenChange={setIsOpen}
      trigger={<DockButton label={say('reactLabel')} short={say('react')} icon={<SmilePlus className="size-5.25" />} />}
    >
      <ReactionPicker onPick={(emoji) => void attempt(voice.react(emoji))} />
    </Popover>
  )
}
