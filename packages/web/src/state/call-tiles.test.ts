import type { VoicePerson } from '@parley/client'
import { describe, expect, it } from 'vitest'
import { type ArrangeOptions, arrangeCall, nextSpeakers, raisedHands } from './call-tiles.ts'
import { hasPictures } from './has-pictures.ts'
import { voicePerson } from './voice-person-fixture.ts'

const OPTIONS: ArrangeOptions = { layout: 'grid', pinnedKey: null, speakers: [], maxTiles: 25 }
const seen = (userId: string, changes: Partial<VoicePerson> = {}) =>
  voicePerson(userId, { sources: ['mic', 'camera'], ...changes })
const keys = (people: readonly VoicePerson[], options: Partial<ArrangeOptions> = {}) => {
  const { main, tiles, bench } = arrangeCall(people, { ...OPTIONS, ...options })
  return { main: main?.key ?? null, tiles: tiles.map(({ key }) => key), bench: bench.map(({ userId }) => userId) }
}

describe('arrangeCall', () => {
  const ann = seen('ann', { isSelf: true, joinedAt: 1 })
  const bob = seen('bob', { joinedAt: 3 })
  const cleo = seen('cleo', { joinedAt: 2 })
  const dan = voicePerson('dan', { joinedAt: 4 })

  it('puts pictures in the order of coming, oneself last, and who sends none on the bench', () => {
    expect(keys([ann, bob, cleo, dan])).toEqual({
      main: null,
      tiles: ['cleo:camera', 'bob:camera', 'ann:camera'],
      bench: ['dan'],
    })
  })

  it('shows a shared screen large, whatever the layout', () => {
    const sharing = seen('bob', { joinedAt: 3, sources: ['camera', 'screen'] })
    expect(keys([ann, sharing, cleo])).toMatchObject({
      main: 'bob:screen',
      tiles: ['cleo:camera', 'bob:camera', 'ann:camera'],
    })
  })

  it('does not show one’s own screen large: it would show itself', () => {
    const sharing = seen('ann', { isSelf: true, sources: ['screen'] })
    expect(keys([sharing, bob])).toMatchObject({ main: null, tiles: ['ann:screen', 'bob:camera'] })
  })

  it('follows who speaks in the speaker layout, and never oneself', () => {
    expect(keys([ann, bob, cleo], { layout: 'speaker', speakers: ['ann', 'bob'] }).main).toBe('bob:camera')
    expect(keys([ann, bob, cleo], { layout: 'speaker' }).main).toBe('cleo:camera')
  })

  it('keeps what is pinned, also over a screen', () => {
    const sharing = seen('bob', { sources: ['camera', 'screen'] })
    expect(keys([ann, sharing, cleo], { pinnedKey: 'cleo:camera' }).main).toBe('cleo:camera')
    expect(keys([ann, bob], { pinnedKey: 'gone:camera' }).main).toBeNull()
  })

  it('gives those who spoke last a place when there are too many, and the others a seat on the bench', () => {
    const crowd = Array.from({ length: 8 }, (_, index) => seen(`p${index}`, { joinedAt: index }))
    const { tiles, bench } = keys(crowd, { maxTiles: 3, speakers: ['p6', 'p7'] })
    expect(tiles).toEqual(['p0:camera', 'p6:camera', 'p7:camera'])
    expect(bench).toEqual(['p1', 'p2', 'p3', 'p4', 'p5'])
  })
})

describe('where there is little room', () => {
  it('nobody gives way to oneself, however much one speaks', () => {
    const people = [
      seen('ann', { isSelf: true, joinedAt: 1 }),
      seen('bob', { joinedAt: 3 }),
      seen('cleo', { joinedAt: 2 }),
    ]
    const { tiles, bench } = keys(people, { maxTiles: 2, speakers: ['ann', 'bob', 'cleo'] })
    expect(tiles).toEqual(['cleo:camera', 'bob:camera'])
    expect(bench).toEqual(['ann'])
  })
})

describe('nextSpeakers', () => {
  it('keeps the floor with who speaks on, and gives it to the next when they stop', () => {
    const bob = voicePerson('bob', { speaking: true, level: 0.2 })
    const cleo = voicePerson('cleo', { speaking: true, level: 0.9 })
    const first = nextSpeakers([], [bob])
    expect(nextSpeakers(first, [bob, cleo])).toEqual(['bob', 'cleo'])
    expect(nextSpeakers(['bob', 'cleo'], [{ ...bob, speaking: false }, cleo])).toEqual(['cleo', 'bob'])
  })

  it('is the same list when nothing changed, and forgets who left', () => {
    const before = ['bob', 'cleo']
    expect(nextSpeakers(before, [voicePerson('bob'), voicePerson('cleo')])).toBe(before)
    expect(nextSpeakers(before, [voicePerson('cleo')])).toEqual(['cleo'])
  })
})

it('raised hands are in the order of raising', () => {
  const people = [voicePerson('a', { hand: 9 }), voicePerson('b'), voicePerson('c', { hand: 4 })]
  expect(raisedHands(people).map(({ userId }) => userId)).toEqual(['c', 'a'])
})

it('a stage is wanted by a camera or a screen, not by voices', () => {
  expect(hasPictures([voicePerson('a')])).toBe(false)
  expect(hasPictures([voicePerson('a', { sources: ['mic', 'screen'] })])).toBe(true)
})
