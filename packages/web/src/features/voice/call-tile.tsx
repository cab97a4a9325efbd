import type { VoicePerson } from '@parley/client'
import { useRef } from 'react'
import { useVoiceText } from '../../i18n/voice-words.ts'
import type { CallTile as Tile } from '../../state/call-tiles.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { classNames } from '../../ui/class-names.ts'
import { PersonButton } from './person-button.tsx'
import { PersonMarks } from './person-marks.tsx'
import { personStateWords } from './person-state-words.ts'
import { SpeakingRing } from './speaking-ring.tsx'
import { VideoPicture } from './video-picture.tsx'
import { useShownVideo } from './video-views-context.tsx'

export interface CallTileProps {
  readonly tile: Tile
  /** In a window of its own, which is seen although the page is not. */
  readonly staysWhenHidden?: boolean
  readonly className?: string
}

/** A picture of somebody, or of their screen, with the name and how they are heard. Fills its place. */
export function CallTile({ tile, staysWhenHidden = false, className }: CallTileProps) {
  const { person, source, key } = tile
  const box = useRef<HTMLDivElement>(null)
  useShownVideo(box, { userId: person.userId, source, staysWhenHidden, isSelf: person.isSelf })
  const stream = person.video.find((video) => video.source === source)?.stream
  const isScreen = source === 'screen'
  return (
    <div
      ref={box}
      className={classNames('@container relative isolate size-full overflow-hidden rounded-m bg-surface-3', className)}
    >
      {stream === undefined || person.missingKey ? (
        <WithoutPicture person={person} />
      ) : (
        <VideoPicture stream={stream} isMirrored={person.isSelf && !isScreen} isWhole={isScreen} />
      )}
      {!isScreen && <SpeakingRing person={person} className="rounded-m" />}
      <NamePlate person={person} tileKey={key} isScreen={isScreen} isPlain={staysWhenHidden} />
    </div>
  )
}

function WithoutPicture({ person }: { readonly person: VoicePerson }) {
  const say = useVoiceText()
  return (
    <div className="flex size-full flex-col items-center justify-center gap-3 p-4 pb-12 text-center @max-[7rem]:p-1 @max-[7rem]:pb-6">
      <Avatar id={person.userId} name={person.name} size="l" className="@max-[7rem]:size-8! @max-[7rem]:text-xs!" />
      {person.missingKey && (
        <p className="line-clamp-4 max-w-72 text-ink-2 text-xs">{say('missingKey', { name: person.name })}</p>
      )}
    </div>
  )
}

interface NamePlateProps {
  readonly person: VoicePerson
  readonly tileKey: string
  readonly isScreen: boolean
  /** Only to be read: a menu could not open where it is. */
  readonly isPlain: boolean
}

const PLATE =
  'absolute inset-s-1.5 bottom-1.5 z-20 flex min-h-8 max-w-[calc(100%-12px)] items-center gap-1.5 rounded-s bg-surface-2/90 px-2.5 py-1 text-ink-1 text-xs shadow-low @max-[7rem]:inset-s-1 @max-[7rem]:bottom-1 @max-[7rem]:min-h-6 @max-[7rem]:max-w-[calc(100%-8px)] @max-[7rem]:px-1.5 @max-[7rem]:py-0.5'

function NamePlate({ person, tileKey, isScreen, isPlain }: NamePlateProps) {
  const say = useVoiceText()
  const name = person.isSelf ? say('you') : person.name
  const content = (
    <>
      <span dir="auto" className="truncate font-medium">
        {isScreen ? (person.isSelf ? say('yourScreen') : say('screenOf', { name: person.name })) : name}
      </span>
      {!isScreen && <PersonMarks person={person} />}
    </>
  )
  if (isPlain) return <p className={PLATE}>{content}</p>
  return (
    <PersonButton
      person={person}
      tileKey={tileKey}
      words={isScreen ? say('stateScreen') : personStateWords(say, person)}
      className={classNames(PLATE, 'after:absolute after:-inset-1.5')}
    >
      {content}
    </PersonButton>
  )
}
