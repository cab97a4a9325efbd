import { Hand } from 'lucide-react'
import { useMemo } from 'react'
import { useVoiceText } from '../../i18n/voice-words.ts'
import { raisedHands } from '../../state/call-tiles.ts'
import { PersonButton } from './person-button.tsx'
import { useVoice } from './use-voice.ts'

/** More than these are a number: the line stays one line. */
const MAX_NAMES = 4

/** Whose hands are up, the first one first; each is the way to what can be done with that person. */
export function HandsLine() {
  const say = useVoiceText()
  const participants = useVoice((snapshot) => snapshot.participants)
  const hands = useMemo(() => raisedHands(participants), [participants])
  if (hands.length === 0) return null
  const others = hands.length - MAX_NAMES
  return (
    <div className="glass flex max-w-full items-center gap-1 rounded-m py-0.5 ps-3 pe-1.5 text-sm">
      <Hand aria-hidden="true" className="size-4 shrink-0 text-accent-ink" />
      <ol aria-label={say('handsRaised')} className="flex min-w-0 items-center">
        {hands.slice(0, MAX_NAMES).map((person) => (
          <li key={person.userId} className="min-w-0 shrink">
            <PersonButton
              person={person}
              className="block h-10 max-w-full truncate rounded-s px-2 font-medium hover:bg-surface-3"
            >
              <span dir="auto">{person.isSelf ? say('you') : person.name}</span>
            </PersonButton>
          </li>
        ))}
        {others > 0 && <li className="shrink-0 px-2 text-ink-2">{say('andOthers', { count: others })}</li>}
      </ol>
    </div>
  )
}
