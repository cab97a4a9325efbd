import type { VoicePerson } from '@parley/client'
import { AudioLines, Ear, Hand, HeadphoneOff, KeyRound, MicOff, VolumeX } from 'lucide-react'
import { lacksMicrophone } from '../../state/lacks-microphone.ts'
import { QualityMark } from './quality-mark.tsx'

/** The small pictures beside a name; their meaning is in the name of the button that they are in. */
export function PersonMarks({
  person,
  withHand = true,
}: {
  readonly person: VoicePerson
  readonly withHand?: boolean
}) {
  return (
    <span aria-hidden="true" className="inline-flex shrink-0 items-center gap-1">
      {withHand && person.hand !== null && <Hand size={15} className="text-accent-ink" strokeWidth={2.4} />}
      <SoundMark person={person} />
      {person.volume === 0 && !person.isSelf && <VolumeX size={15} className="text-ink-2" />}
      <QualityMark quality={person.quality} />
    </span>
  )
}

/** What is heard of somebody: the one that matters most. */
export function SoundMark({ person, size = 15 }: { readonly person: VoicePerson; readonly size?: number }) {
  if (person.missingKey) return <KeyRound size={size} className="text-warning" />
  if (person.deafened) return <HeadphoneOff size={size} className="text-danger" />
  if (person.listenOnly) return <Ear size={size} className="text-ink-3" />
  if (person.muted || lacksMicrophone(person))
    return <MicOff size={size} className={person.hardMuted ? 'text-danger' : 'text-ink-2'} />
  if (person.speaking) return <AudioLines size={size} strokeWidth={2.6} className="text-accent-ink" />
  return null
}
