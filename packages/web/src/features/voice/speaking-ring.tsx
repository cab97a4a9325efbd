import type { VoicePerson } from '@parley/client'
import type { CSSProperties } from 'react'
import { classNames } from '../../ui/class-names.ts'

export interface SpeakingRingProps {
  readonly person: VoicePerson
  readonly className: string
  /** Around an avatar it grows with the level; around a picture it has no room to. */
  readonly isRound?: boolean
}

/** A ring while somebody speaks, as strong as they are loud. */
export function SpeakingRing({ person, className, isRound = false }: SpeakingRingProps) {
  const level = person.speaking ? Math.min(1, 0.35 + person.level) : 0
  const style: CSSProperties & { readonly '--level': number } = { '--level': level }
  return (
    <span
      aria-hidden="true"
      data-speaking={person.speaking || undefined}
      className={classNames(
        'speaking-ring pointer-events-none absolute',
        isRound ? 'is-round -inset-1' : 'inset-0 z-10',
        className,
      )}
      style={style}
    />
  )
}
