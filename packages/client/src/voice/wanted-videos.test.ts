import { expect, test } from 'vitest'
import { wantedVideos } from './wanted-videos.ts'

const page = { isHidden: false, pixelRatio: 1 }
const tile = (userId: string, height: number, source: 'camera' | 'screen' = 'camera') => ({
  userId,
  source,
  width: (height * 16) / 9,
  height,
})

test('the layer follows the size of the tile', () => {
  const layers = [90, 180, 200, 240, 360, 400, 480, 1080].map(
    (height) => wantedVideos([tile('a', height)], page)[0]?.layer,
  )
  expect(layers).toEqual(['low', 'low', 'low', 'medium', 'medium', 'medium', 'high', 'high'])
})

test('a dense screen counts in its own pixels', () => {
  expect(wantedVideos([tile('a', 180)], { ...page, pixelRatio: 2 })).toMatchObject([{ layer: 'medium' }])
})

test('of a person shown twice the larger counts; a screen is never asked for smaller', () => {
  const views = [tile('a', 100), tile('a', 700), tile('a', 90), tile('b', 100, 'screen')]
  expect(wantedVideos(views, page)).toEqual([
    { userId: 'a', source: 'camera', layer: 'high' },
    { userId: 'b', source: 'screen', layer: 'high' },
  ])
})

test('of a hidden page, what stays is asked for as large as it stays', () => {
  const views = [
    tile('a', 700),
    { ...tile('a', 100), staysWhenHidden: true },
    { ...tile('b', 700), staysWhenHidden: false },
  ]
  expect(wantedVideos(views, { ...page, isHidden: true })).toEqual([{ userId: 'a', source: 'camera', layer: 'low' }])
})

test('nothing is asked for what nobody sees', () => {
  expect(wantedVideos([tile('a', 0)], page)).toEqual([])
  expect(wantedVideos([tile('a', 700)], { ...page, isHidden: true })).toEqual([])
})
