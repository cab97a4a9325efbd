import type { VoicePerson } from '@parley/client'
import { type ReactNode, useState } from 'react'
import { useVoiceText } from '../../i18n/voice-words.ts'
import { Popover } from '../room/popover.tsx'
import { PersonCard } from './person-card.tsx'
import { personStateWords } from './person-state-words.ts'

export interface PersonButtonProps {
  readonly person: VoicePerson
  readonly children: ReactNode
  readonly className: string
  readonly tileKey?: string
  /** In place of the person's state. */
  readonly words?: string
}

/** Somebody in the call, whole as a button: behind it is what can be done. Its name is what it shows, then the state. */
export function PersonButton({ person, children, className, tileKey, words }: PersonButtonProps) {
  const say = useVoiceText()
  const [isOpen, setIsOpen] = useState(false)
  const state = words ?? personStateWords(say, person)
  return (
    <Popover
      label={say('personInVoice', { name: person.name })}
      open={isOpen}
      onOpenChange={setIsOpen}
      trigger={
        <button type="button" className={className}>
          {children}
          <span className="sr-only">{state}</span>
        </button>
      }
    >
      <PersonCard person={person} onDone={() => setIsOpen(false)} {...(tileKey !== undefined && { tileKey })} />
    </Popover>
  )
}
