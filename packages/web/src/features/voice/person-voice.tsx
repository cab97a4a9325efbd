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
              <KeyRound className="size-4.5" />
            ) : person.speaking ? (
              <AudioLines className="size-4.5" strokeWidth={2.4} />
            ) : person.deafened ? (
              <HeadphoneOff className="size-4.5" />
            ) : person.listenOnly ? (
              <Ear className="size-4.5" />
            ) : isSilent ? (
              <MicOff className="size-4.5" />
            ) : (
              <Mic className="size-4.5" />
            )
          }
        />
      }
    >
      <PersonCard person={person} onDone={() => setIsOpen(false)} />
    </Popover>
  )
}
