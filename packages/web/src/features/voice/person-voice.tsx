import { AudioLines, Ear, HeadphoneOff, KeyRound, Mic, MicOff } from 'lucide-react'
import { useState } from 'react'
import { useVoiceText } from '../../i18n/voice-words.ts'
import { lacksMicrophone } from '../../state/lacks-microphone.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { Popover } from '../room/popover.tsx'
import { PersonCard } from './person-card.tsx'
import { personStateWords } from './person-state-words.ts'
import { useVoicePerson } from './use-voice.ts'

/** In the list of people: how somebody is in voice, and behind it what can be done about it. */
export function PersonVoice({ userId }: { readonly userId: string }) {
  const say = useVoiceText()
  const person = useVoicePerson(userId)
  const [isOpen, setIsOpen] = useState(false)
  if (person === undefined) return null
  const state = personStateWords(say, person)
  const isSilent = person.muted || lacksMicrophone(person)
  return (
    <Popover
      label={say('personInVoice', { name: person.name })}
      side="bottom"
      align="end"
      open={isOpen}
      onOpenChange={setIsOpen}
      trigger={
        <IconButton
          label={say('personVoiceLabel', { name: person.name, state })}
          className={person.speaking ? 'text-accent-ink!' : isSilent ? 'text-ink-3!' : 'text-ink-2!'}
          icon={
            person.missingKey ? (
              <KeyRound size={18} />
            ) : person.speaking ? (
              <AudioLines size={18} strokeWidth={2.4} />
            ) : person.deafened ? (
              <HeadphoneOff size={18} />
            ) : person.listenOnly ? (
              <Ear size={18} />
            ) : isSilent ? (
              <MicOff size={18} />
            ) : (
              <Mic size={18} />
            )
          }
        />
      }
    >
      <PersonCard person={person} onDone={() => setIsOpen(false)} />
    </Popover>
  )
}
