import type { VideoView } from '@parley/client'
import { expect, it } from 'vitest'
import { createVideoViews } from './video-views.ts'

function setUp() {
  const told: (readonly VideoView[])[] = []
  const waiting: (() => void)[] = []
  const views = createVideoViews(
    (list) => told.push(list),
    (work) => waiting.push(work),
  )
  const turn = () => {
    for (const work of waiting.splice(0)) work()
  }
  return { views, told, turn }
}

const camera = (userId: string, width: number, staysWhenHidden = false) =>
  ({ userId, source: 'camera', width, height: width / 2, staysWhenHidden }) as const

it('tells all that is shown at once, the largest of the same video, and each list once', () => {
  const { views, told, turn } = setUp()
  const tile = Symbol('tile')
  views.show(tile, camera('ann', 200))
  views.show(Symbol('large'), camera('ann', 600))
  views.show(Symbol('other'), camera('bob', 300))
  views.show(Symbol('folded'), camera('cleo', 0))
  turn()
  views.show(tile, camera('ann', 210))
  turn()
  expect(told).toEqual([
    [
      { userId: 'ann', source: 'camera', width: 600, height: 300 },
      { userId: 'bob', source: 'camera', width: 300, height: 150 },
    ],
  ])
})

it('asks for nothing from a hidden page but what floats over others, and for all again afterwards', () => {
  const { views, told, turn } = setUp()
  const tile = Symbol('tile')
  views.show(tile, camera('ann', 200))
  views.show(Symbol('small window'), camera('bob', 100, true))
  turn()
  views.setHidden(true)
  turn()
  expect(told.at(-1)?.map(({ userId }) => userId)).toEqual(['bob'])
  views.setHidden(false)
  turn()
  expect(told.at(-1)).toHaveLength(2)
  views.hide(tile)
  turn()
  expect(told.at(-1)?.map(({ userId }) => userId)).toEqual(['bob'])
})
