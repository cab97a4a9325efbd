import type { VoicePerson } from '@parley/client'
import { AudioLines, Ear, Hand, HeadphoneOff, KeyRound, MicOff, VolumeX } from 'lucide-react'
import { lacksMicrophone } from '../../state/lacks-microphone.ts'
import { classNames } from '../../ui/class-names.ts'
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
      {withHand && person.hand !== null && <Hand className="size-3.75 text-accent-ink" strokeWidth={2.4} />}
      <SoundMark person={person} />
      {person.volume === 0 && !person.isSelf && <VolumeX className="size-3.75 text-ink-2" />}
      <QualityMark quality={person.quality} />
    </span>
  )
}

/** What is heard of somebody: the one that matters most. */
export function SoundMark({ person }: { readonly person: VoicePerson }) {
  if (person.missingKey) return <KeyRound className="size-3.75 text-warning" />
  if (person.deafened) return <HeadphoneOff className="size-3.75 text-danger" />
  if (person.listenOnly) return <Ear className="size-3.75 text-ink-3" />
  if (person.muted || lacksMicrophone(person))
    return <MicOff className={classNames('size-3.75', person.hardMuted ? 'text-danger' : 'text-ink-2')} />
  if (person.speaking) return <AudioLines strokeWidth={2.6} className="size-3.75 text-accent-ink" />
  return null
}
