import { afterEach, expect, test, vi } from 'vitest'
import { createLocalVideo } from './local-video.ts'

class FakeTrack extends EventTarget {
  readonly stop = vi.fn()
  contentHint = ''
}

/** A browser that asks the person first; `allow` is their answer. */
function askingBrowser(kind: 'getUserMedia' | 'getDisplayMedia') {
  const asked = Promise.withResolvers<object>()
  vi.stubGlobal('navigator', { mediaDevices: { [kind]: () => asked.promise } })
  vi.stubGlobal('MediaStream', class {})
  const [picture, sound] = [new FakeTrack(), new FakeTrack()]
  return {
    picture,
    sound,
    allow: () =>
      asked.resolve({
        getTracks: () => [picture],
        getVideoTracks: () => [picture],
        getAudioTracks: () => [sound],
      }),
  }
}

afterEach(() => vi.unstubAllGlobals())

function setUp() {
  const sent: string[] = []
  const video = createLocalVideo({
    deviceId: () => null,
    given: () => null,
    height: () => 360,
    onTrack: (source) => sent.push(source),
    onEnded: () => undefined,
  })
  return { video, sent }
}

test('a camera that is allowed after the call is over goes off at once, and is sent to nobody', async () => {
  const { picture, allow } = askingBrowser('getUserMedia')
  const { video, sent } = setUp()
  const opening = video.openCamera()
  video.close()
  allow()
  expect(await opening).toBeNull()
  expect(picture.stop).toHaveBeenCalledOnce()
  expect([sent, video.streams()]).toEqual([[], []])
})

test('a screen that is chosen after the call is over is not shared, nor is its sound', async () => {
  const { picture, sound, allow } = askingBrowser('getDisplayMedia')
  const { video, sent } = setUp()
  const opening = video.openScreen(async () => undefined)
  video.close()
  allow()
  expect(await opening).toBeNull()
  expect(picture.stop).toHaveBeenCalledOnce()
  expect(sound.stop).toHaveBeenCalledOnce()
  expect([sent, video.streams()]).toEqual([[], []])
})
