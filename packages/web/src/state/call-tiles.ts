import type { VideoSource, VoicePerson } from '@parley/client'

export interface CallTile {
  /** Stable for the same picture of the same person: a list key, and what a pin remembers. */
  readonly key: string
  readonly person: VoicePerson
  readonly source: VideoSource
}

export type CallLayout = 'grid' | 'speaker'

export interface CallArrangement {
  /** One picture large, when there is a screen, a pin, or the layout wants it. */
  readonly main: CallTile | null
  /** The other pictures: beside the main one, or the whole grid. */
  readonly tiles: readonly CallTile[]
  /** Who sends no picture, or finds no place: shown small. */
  readonly bench: readonly VoicePerson[]
}

export interface ArrangeOptions {
  readonly layout: CallLayout
  readonly pinnedKey: string | null
  /** Who speaks or spoke last, latest first, as `userId`s. */
  readonly speakers: readonly string[]
  /** How many pictures have a place beside the main one, or in the grid. */
  readonly maxTiles: number
}

const tileOf = (person: VoicePerson, source: VideoSource): CallTile => ({
  key: `${person.userId}:${source}`,
  person,
  source,
})

/** In the order of coming, oneself last: nobody jumps because somebody else speaks. */
export const inCallOrder = (people: readonly VoicePerson[]): VoicePerson[] =>
  people.toSorted(
    (a, b) => Number(a.isSelf) - Number(b.isSelf) || a.joinedAt - b.joinedAt || (a.userId < b.userId ? -1 : 1),
  )

/** Raised hands, the first one first. */
export const raisedHands = (people: readonly VoicePerson[]): VoicePerson[] =>
  people.filter(({ hand }) => hand !== null).sort((a, b) => (a.hand ?? 0) - (b.hand ?? 0))

/** Who is shown how. */
export function arrangeCall(people: readonly VoicePerson[], options: ArrangeOptions): CallArrangement {
  const ordered = inCallOrder(people)
  const screens = ordered.filter(({ sources }) => sources.includes('screen')).map((person) => tileOf(person, 'screen'))
  const cameras = ordered.filter(({ sources }) => sources.includes('camera')).map((person) => tileOf(person, 'camera'))
  const all = [...screens, ...cameras]
  const main = mainOf(all, screens, options)
  const others = all.filter(({ key }) => key !== main?.key)
  const tiles = withPlace(others, options)
  const shown = new Set([...tiles, ...(main === null ? [] : [main])].map(({ person }) => person.userId))
  return { main, tiles, bench: ordered.filter(({ userId }) => !shown.has(userId)) }
}

function mainOf(
  all: readonly CallTile[],
  screens: readonly CallTile[],
  { layout, pinnedKey, speakers }: ArrangeOptions,
): CallTile | null {
  const pinned = all.find(({ key }) => key === pinnedKey)
  if (pinned !== undefined) return pinned
  // One's own screen large would show itself in itself.
  const screen = screens.find(({ person }) => !person.isSelf)
  if (screen !== undefined) return screen
  if (layout !== 'speaker' || all.length < 2) return null
  const bySpeaker = speakers
    .map((userId) =>
      all.find(({ person, source }) => person.userId === userId && !person.isSelf && source === 'camera'),
    )
    .find((tile) => tile !== undefined)
  return bySpeaker ?? all.find(({ person }) => !person.isSelf) ?? null
}

/** The tiles that have a place, in their order; when there are too many, those others who spoke last are among them: oneself one knows. */
function withPlace(tiles: readonly CallTile[], { maxTiles, speakers }: ArrangeOptions): CallTile[] {
  if (tiles.length <= maxTiles) return [...tiles]
  const rank = ({ person, source }: CallTile) => {
    if (source === 'screen') return -1
    if (person.isSelf) return speakers.length + 1
    const place = speakers.indexOf(person.userId)
    return place === -1 ? speakers.length : place
  }
  const chosen = new Set(tiles.toSorted((a, b) => rank(a) - rank(b)).slice(0, maxTiles))
  return tiles.filter((tile) => chosen.has(tile))
}

/** Who speaks moves to the front; who has left goes. The same list when nothing changed. */
export function nextSpeakers(before: readonly string[], people: readonly VoicePerson[]): readonly string[] {
  const here = new Set(people.map(({ userId }) => userId))
  // Who has the floor keeps it while they speak: the large picture does not flicker between two who talk at once.
  const first = people.find(({ userId, speaking }) => userId === before[0] && speaking)
  const starting = people
    .filter(({ userId, speaking }) => speaking && userId !== first?.userId)
    .sort((a, b) => b.level - a.level)
    .map(({ userId }) => userId)
  const known = before.filter((userId) => here.has(userId))
  const next = [...new Set([...(first === undefined ? [] : [first.userId]), ...keepOrder(starting, known), ...known])]
  return next.length === before.length && next.every((userId, index) => userId === before[index]) ? before : next
}

/** Those who spoke already keep their order among themselves. */
function keepOrder(speaking: readonly string[], known: readonly string[]): string[] {
  const place = (userId: string) => known.indexOf(userId)
  return speaking.toSorted((a, b) => (place(a) < 0 || place(b) < 0 ? 0 : place(a) - place(b)))
}
