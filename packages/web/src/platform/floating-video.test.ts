import { afterEach, expect, it, vi } from 'vitest'
import { isFloating, watchFloating } from './floating-video.ts'

afterEach(() => vi.unstubAllGlobals())

it('tells when a video of a tile goes into the browser’s small window and out of it, until it is stopped', () => {
  const video = {}
  const page = { pictureInPictureElement: null as object | null }
  vi.stubGlobal('document', page)
  const box = Object.assign(new EventTarget(), { contains: (other: unknown) => other === video })
  const told: boolean[] = []
  const stop = watchFloating(box, () => told.push(isFloating(box as unknown as Node)))
  const say = (event: string, shown: object | null) => {
    page.pictureInPictureElement = shown
    box.dispatchEvent(new Event(event))
  }
  say('enterpictureinpicture', video)
  say('leavepictureinpicture', null)
  stop()
  say('enterpictureinpicture', video)
  expect(told).toEqual([true, false])
})
