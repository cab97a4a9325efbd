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

const camera = (userId: string, width: number) => ({ userId, source: 'camera', width, height: width / 2 }) as const

it('tells all that is shown at once, the largest first, and each list once', () => {
  const { views, told, turn } = setUp()
  const tile = Symbol('tile')
  views.show(tile, camera('ann', 200))
  views.show(Symbol('other'), camera('bob', 300))
  views.show(Symbol('folded'), camera('cleo', 0))
  turn()
  views.show(tile, camera('ann', 200))
  turn()
  expect(told).toEqual([[camera('bob', 300), camera('ann', 200)]])
  views.hide(tile)
  turn()
  expect(told.at(-1)).toEqual([camera('bob', 300)])
})

it('says of a video that is large in the page and small over others that it stays there', () => {
  const { views, told, turn } = setUp()
  views.show(Symbol('tile'), { ...camera('ann', 600), staysWhenHidden: false })
  views.show(Symbol('small window'), { ...camera('ann', 100), staysWhenHidden: true })
  turn()
  expect(told.at(-1)).toEqual([
    { ...camera('ann', 600), staysWhenHidden: false },
    { ...camera('ann', 100), staysWhenHidden: true },
  ])
})
