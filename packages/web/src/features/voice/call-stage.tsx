import { useEffect, useMemo, useRef, useState } from 'react'
import { useVoiceText } from '../../i18n/voice-words.ts'
import { gridFor, isWideStage, sideTilesThatFit, tilesThatFit } from '../../state/call-layout.ts'
import { arrangeCall, inCallOrder, nextSpeakers, type CallTile as Tile } from '../../state/call-tiles.ts'
import { classNames } from '../../ui/class-names.ts'
import { useRoom } from '../room/room-context.tsx'
import { CallTile } from './call-tile.tsx'
import { FloatingReactions } from './floating-reactions.tsx'
import { PersonChip } from './person-chip.tsx'
import { StageToolbar } from './stage-toolbar.tsx'
import { useSize } from './use-size.ts'
import { useCallUi, useStageShape, useVoice } from './use-voice.ts'
import { useVideoViews, VideoViewsContext } from './video-views-context.tsx'
import './voice.css'

/** More pictures than this at once help nobody, and no machine likes them. */
const MAX_GRID_TILES = 25
const MAX_SIDE_TILES = 4

/** The people in voice: a strip while nobody is to be seen, else their pictures. */
export function CallStage() {
  const shape = useStageShape()
  const views = useVideoViews()
  if (shape === 'none') return null
  return <VideoViewsContext value={views}>{shape === 'strip' ? <Strip /> : <Pictures />}</VideoViewsContext>
}

function Strip() {
  const say = useVoiceText()
  const participants = useVoice((snapshot) => snapshot.participants)
  const people = useMemo(() => inCallOrder(participants), [participants])
  return (
    <section
      aria-label={say('inVoiceNow')}
      className="relative shrink-0 border-line border-b px-2 pt-21 pb-2 sm:px-4 short:@min-[30rem]:flex short:@min-[30rem]:w-30 short:@min-[30rem]:flex-col short:@min-[30rem]:border-b-0 short:@min-[30rem]:px-2 short:@min-[30rem]:pb-0"
    >
      <ul className="mx-auto flex max-h-[30dvh] max-w-220 flex-wrap justify-center gap-x-1 overflow-y-auto overscroll-contain short:@min-[30rem]:max-h-none short:@min-[30rem]:min-h-0">
        {people.map((person) => (
          <li key={person.userId}>
            <PersonChip person={person} size={people.length > 6 ? 'm' : 'l'} />
          </li>
        ))}
      </ul>
      {people.length === 1 && <p className="pt-1 text-center text-ink-3 text-xs">{say('aloneInVoice')}</p>}
      <FloatingReactions />
    </section>
  )
}

function Pictures() {
  const say = useVoiceText()
  const area = useRef<HTMLDivElement>(null)
  const size = useSize(area)
  const arrangement = useArrangement(size)
  const { main, tiles, bench } = arrangement
  return (
    <section
      aria-label={say('inVoiceNow')}
      className="relative flex min-h-0 min-w-0 flex-1 flex-col gap-2 px-2 pt-21 pb-1 sm:px-3"
    >
      <div ref={area} className="min-h-0 flex-1">
        {main === null ? <Grid tiles={tiles} size={size} /> : <WithMain main={main} tiles={tiles} size={size} />}
      </div>
      <div className="flex shrink-0 items-center gap-2">
        {bench.length > 0 ? (
          <ul
            aria-label={say('withoutPicture')}
            className="flex min-w-0 flex-1 gap-1 overflow-x-auto overscroll-contain"
          >
            {bench.map((person) => (
              <li key={person.userId} className="shrink-0 first:ms-auto last:me-auto">
                <PersonChip person={person} size="m" />
              </li>
            ))}
          </ul>
        ) : (
          <span className="flex-1" />
        )}
        <StageToolbar main={main ?? tiles.find(({ person }) => !person.isSelf) ?? tiles[0] ?? null} />
      </div>
      <FloatingReactions />
    </section>
  )
}

interface Size {
  readonly width: number
  readonly height: number
}

function useArrangement(size: Size) {
  const { room } = useRoom()
  const participants = useVoice((snapshot) => snapshot.participants)
  const layout = useCallUi((ui) => ui.layout)
  const pinnedKey = useCallUi((ui) => ui.pinnedKey)
  const [speakers, setSpeakers] = useState<readonly string[]>([])
  const next = nextSpeakers(speakers, participants)
  if (next !== speakers) setSpeakers(next)
  const fits = useMemo(() => tilesThatFit(size, MAX_GRID_TILES), [size])
  const fitsBeside = useMemo(() => sideTilesThatFit(size, MAX_SIDE_TILES), [size])
  const arrangement = useMemo(() => {
    const options = { layout, pinnedKey, speakers: next }
    const first = arrangeCall(participants, { ...options, maxTiles: fits })
    return first.main === null ? first : arrangeCall(participants, { ...options, maxTiles: fitsBeside })
  }, [participants, layout, pinnedKey, next, fits, fitsBeside])
  // A picture that ended takes its pin with it.
  const isPinGone = pinnedKey !== null && arrangement.main?.key !== pinnedKey
  useEffect(() => {
    if (isPinGone) room.call.setState({ pinnedKey: null })
  }, [isPinGone, room])
  return arrangement
}

function Grid({ tiles, size }: { readonly tiles: readonly Tile[]; readonly size: Size }) {
  const { columns, tileWidth, tileHeight } = gridFor(tiles.length, size)
  return (
    <ul
      className="mx-auto flex h-full flex-wrap content-center justify-center gap-2"
      style={{ maxWidth: columns * (tileWidth + 8) }}
    >
      {tiles.map((tile) => (
        <li key={tile.key} style={{ width: tileWidth, height: tileHeight }}>
          <CallTile tile={tile} />
        </li>
      ))}
    </ul>
  )
}

interface WithMainProps {
  readonly main: Tile
  readonly tiles: readonly Tile[]
  readonly size: Size
}

/** One picture large, the others along the longer free side. */
function WithMain({ main, tiles, size }: WithMainProps) {
  const isWide = isWideStage(size)
  return (
    <ul className={classNames('flex h-full gap-2', !isWide && 'flex-col')}>
      <li className="min-h-0 min-w-0 flex-1">
        <CallTile tile={main} />
      </li>
      {tiles.length > 0 && (
        <li className={classNames('shrink-0', isWide ? 'w-[min(22%,220px)]' : 'h-[min(26%,132px)]')}>
          <ul className={classNames('flex h-full gap-2', isWide ? 'flex-col justify-center' : 'justify-center')}>
            {tiles.map((tile) => (
              <li
                key={tile.key}
                className={isWide ? 'aspect-4/3 max-h-full min-h-0' : 'aspect-4/3 h-full min-w-0 max-w-full'}
              >
                <CallTile tile={tile} />
              </li>
            ))}
          </ul>
        </li>
      )}
    </ul>
  )
}
