import type { Member } from '@parley/protocol/messenger'
import { afterEach, expect, test, vi } from 'vitest'
import { ParleyError } from '../parley-error.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { createScriptedDevice } from '../testing/scripted-device.ts'
import { createVoice } from './voice.ts'

afterEach(() => vi.unstubAllGlobals())

/** A browser whose person is asked for each device, and answers when the test says. */
function stubBrowser() {
  const node = () => ({ connect: () => undefined, disconnect: () => undefined, gain: { setTargetAtTime: () => 0 } })
  class Context extends EventTarget {
    readonly state = 'running'
    readonly currentTime = 0
    readonly destination = {}
    createGain = node
    close = async () => undefined
  }
  const asked: { readonly kind: string; deny(): void }[] = []
  const getUserMedia = (wanted: MediaStreamConstraints) =>
    new Promise((_resolve, reject) => {
      const deny = () => reject(new DOMException('No.', 'NotAllowedError'))
      asked.push({ kind: wanted.video === undefined ? 'microphone' : 'camera', deny })
    })
  vi.stubGlobal('AudioContext', Context)
  vi.stubGlobal('RTCPeerConnection', class {})
  vi.stubGlobal('window', new EventTarget())
  vi.stubGlobal('document', new EventTarget())
  vi.stubGlobal('navigator', { mediaDevices: { getUserMedia, addEventListener: () => undefined } })
  return asked
}

/** Voice of somebody who is alone in it, whose server takes them in. */
function setUp() {
  const asked = stubBrowser()
  const clock = createFakeClock()
  const sent: string[] = []
  let held: Promise<void> | undefined
  const refusals = new Map<string, ParleyError>()
  const request = async (event: string): Promise<unknown> => {
    sent.push(event)
    await held
    const refusal = refusals.get(event)
    if (refusal !== undefined) throw refusal
    return { topology: 'mesh', iceServers: [], participants: [], recording: null, e2ee: false }
  }
  const voice = createVoice({
    clock,
    device: createScriptedDevice(),
    random: () => 0.5,
    line: { request, send: request },
    selfId: () => 'ada',
    members: () => [{ userId: 'ada', role: 'speaker', voice: { joined: false } } as Member],
    mediaKey: () => null,
  })
  voice.joined()
  return {
    asked,
    clock,
    refusals,
    voice,
    /** Keeps what is asked from now on from being answered, until it is called. */
    hold(): () => void {
      const { promise, resolve } = Promise.withResolvers<void>()
      held = promise
      return resolve
    },
    joins: () => sent.filter((event) => event === 'voice:join').length,
    isAsked: (kind: string) => expect.poll(() => asked.map((each) => each.kind)).toContain(kind),
  }
}

test.each([
  ['while the person is still asked', ['away', 'joined', 'answer']],
  ['after they have answered', ['away', 'answer', 'joined']],
] as const)(
  'a line that broke while the browser asks for the microphone, and is back %s, leaves us in voice',
  async (_when, steps) => {
    const { asked, clock, isAsked, joins, voice } = setUp()
    const joining = voice.handle.join()
    await isAsked('microphone')
    for (const step of steps) {
      if (step === 'answer') {
        asked[0]?.deny()
        await joining
      } else voice[step]()
    }
    await clock.advance(0)
    // The server put us out with the line that broke.
    expect([joins(), voice.handle.getSnapshot().phase]).toEqual([2, 'in'])
    await voice.handle.leave()
  },
)

test('a line that broke before the server was asked has taken no place from us', async () => {
  const { asked, clock, hold, isAsked, joins, voice } = setUp()
  const answer = hold()
  const joining = voice.handle.join()
  await isAsked('microphone')
  voice.away()
  voice.joined()
  answer()
  asked[0]?.deny()
  await joining
  await clock.advance(0)
  expect([joins(), voice.handle.getSnapshot().phase]).toEqual([1, 'in'])
  await voice.handle.leave()
})

/** They join with the camera on, and the browser asks for it now. */
async function joinWithCamera() {
  const all = setUp()
  const { asked, isAsked, voice } = all
  const told: string[] = []
  voice.handle.on('camera-failed', ({ code }) => told.push(code))
  const joining = voice.handle.join({ camera: true })
  await isAsked('microphone')
  asked[0]?.deny()
  await isAsked('camera')
  return { ...all, joining, told }
}

test('whoever joins with the camera on is told why it could not be opened, and is in all the same', async () => {
  const { asked, joining, refusals, told, voice } = await joinWithCamera()
  asked[1]?.deny()
  await joining
  expect([told, voice.handle.getSnapshot().phase]).toEqual([['FORBIDDEN'], 'in'])
  await voice.handle.leave()

  refusals.set('voice:publish', new ParleyError('RATE_LIMITED', 'Too many cameras.'))
  const again = voice.handle.join({ camera: true })
  await expect.poll(() => asked.length).toBe(3)
  asked[2]?.deny()
  await again
  expect(told).toEqual(['FORBIDDEN', 'RATE_LIMITED'])
  await voice.handle.leave()
})

test('whoever left while the browser asked for the camera is told nothing of it', async () => {
  const { asked, joining, told, voice } = await joinWithCamera()
  await voice.handle.leave()
  asked[1]?.deny()
  await joining
  expect([told, voice.handle.getSnapshot().phase]).toEqual([[], 'out'])
})
