import type { VoicePerson } from '@parley/client'
import { Hand } from 'lucide-react'
import { useVoiceText } from '../../i18n/voice-words.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { classNames } from '../../ui/class-names.ts'
import { PersonButton } from './person-button.tsx'
import { SoundMark } from './person-marks.tsx'
import { SpeakingRing } from './speaking-ring.tsx'

export interface PersonChipProps {
  readonly person: VoicePerson
  readonly size: 'm' | 'l'
}

/** Somebody who is heard and not seen: an avatar with a ring while they speak, and the name under it. */
export function PersonChip({ person, size }: PersonChipProps) {
  const say = useVoiceText()
  return (
    <PersonButton
      person={person}
      className={classNames(
        'flex flex-col items-center gap-1.5 rounded-m px-1 pt-2.5 pb-1.5 outline-offset-0 transition-colors duration-150 hover:bg-surface-3',
        size === 'l' ? 'w-24' : 'w-19',
      )}
    >
      <span className="relative inline-flex">
        <SpeakingRing person={person} className="rounded-full" isRound />
        <Avatar
          id={person.userId}
          name={person.name}
          size={size === 'l' ? 'l' : 'm'}
          className={classNames('relative', size === 'm' && 'size-11!')}
        />
        <span
          aria-hidden="true"
          className="absolute -end-1.5 -bottom-1 inline-flex min-h-6 min-w-6 items-center justify-center rounded-full border border-line bg-surface-2 empty:hidden"
        >
          <SoundMark person={person} />
        </span>
        {person.hand !== null && (
          <span
            aria-hidden="true"
            className="accent-fill absolute -start-1.5 -top-1.5 inline-flex size-6 items-center justify-center rounded-full"
          >
            <Hand className="size-3.5" strokeWidth={2.4} />
          </span>
        )}
      </span>
      <span dir="auto" className="w-full truncate text-center text-ink-1 text-xs">
        {person.isSelf ? say('you') : person.name}
      </span>
    </PersonButton>
  )
}
