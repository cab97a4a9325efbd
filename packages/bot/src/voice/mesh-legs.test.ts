import { expect, it } from 'vitest'
import { type Ear, openEar } from '../testing/ear.ts'
import { fixture } from '../testing/fixture.ts'
import { createMeshLegs } from './mesh-legs.ts'
import { createSpeaker } from './speaker.ts'
import { loadSpokenTrack } from './spoken-track.ts'
import type { VoiceLegs } from './voice-legs.ts'
import type { VoiceParticipant } from './voice-wire.ts'
import { loadWebRtc } from './webrtc.ts'

const person = (userId: string, joinedAt = 1): VoiceParticipant => ({
  userId,
  name: userId,
  joinedAt,
  muted: false,
  hardMuted: false,
  deafened: false,
  listenOnly: false,
  speaking: false,
  sources: ['mic'],
  legs: 1,
  hand: null,
  quality: 'unknown',
})

interface Peer extends Disposable {
  readonly legs: VoiceLegs
  readonly ear: Ear
}

/** People whose signals reach each other as a server would pass them on. */
function openHall() {
  const peers = new Map<string, Peer>()
  return {
    async enter(userId: string, { maySend = true } = {}): Promise<Peer> {
      const ear = await openEar()
      const legs = createMeshLegs({
        rtc: await loadWebRtc(),
        selfId: userId,
        iceServers: [],
        maySend,
        signal: async ({ to = '', ...signal }) => peers.get(to)?.legs.receive({ ...signal, from: userId }),
        onPacket: ear.hear,
        onDead: () => undefined,
      })
      const peer: Peer = {
        legs,
        ear,
        [Symbol.dispose]() {
          peers.delete(userId)
          legs[Symbol.dispose]()
          ear[Symbol.dispose]()
        },
      }
      peers.set(userId, peer)
      return peer
    },
  }
}

async function play({ legs }: Peer, hertz: number): Promise<Disposable> {
  const speaker = createSpeaker(legs.send)
  const reports = setInterval(() => legs.report(speaker.mediaTime), 100)
  void speaker.play(await loadSpokenTrack(fixture(`tone-${hertz}.ogg`)), { loop: true })
  return {
    [Symbol.dispose]() {
      clearInterval(reports)
      speaker[Symbol.dispose]()
    },
  }
}

const hears = (peer: Peer, userId: string, hertz: number): Promise<void> =>
  expect.poll(() => peer.ear.amplitude(userId, hertz)).toBeGreaterThan(0.15)

it.each([
  ['who was there offers to who comes', 'ann', 'ben'],
  ['ids the other way round', 'ben', 'ann'],
])('two people hear each other: %s', async (_, first, second) => {
  const hall = openHall()
  const beganAt = performance.now()
  using host = await hall.enter(first)
  host.legs.meet([person(first)], false)
  using guest = await hall.enter(second)
  using hostTone = await play(host, 440)
  using guestTone = await play(guest, 880)
  expect([hostTone, guestTone]).toHaveLength(2)
  guest.legs.meet([person(first), person(second)], false)
  host.legs.meet([person(first), person(second)], false)
  await hears(host, second, 880)
  await hears(guest, first, 440)
  expect(host.ear.amplitude(second, 440)).toBeLessThan(0.01)
  // Levels arrive as they were sent, and reports tell the way there and back.
  const [stream] = host.legs.inbound()
  expect(stream).toMatchObject({ userId: second, source: 'mic', packetsLost: 0 })
  expect(stream?.level?.belowFullDb).toBeCloseTo(15, -1)
  await expect.poll(() => host.legs.uplinks()[0]?.roundTripMs).toBeGreaterThanOrEqual(0)
  const uplinks = host.legs.uplinks()
  expect(uplinks).toEqual([{ userId: second, roundTripMs: expect.any(Number), fractionLost: 0 }])
  expect(uplinks[0]?.roundTripMs).toBeLessThan(performance.now() - beganAt)
})

it('offers that cross end in one connection that carries both ways', async () => {
  const hall = openHall()
  using ann = await hall.enter('ann')
  using ben = await hall.enter('ben')
  const everybody = [person('ann'), person('ben')]
  using annTone = await play(ann, 440)
  using benTone = await play(ben, 880)
  expect([annTone, benTone]).toHaveLength(2)
  ann.legs.meet(everybody, true)
  ben.legs.meet(everybody, true)
  await hears(ann, 'ben', 880)
  await hears(ben, 'ann', 440)
})

it('who only listens hears', async () => {
  const hall = openHall()
  using ann = await hall.enter('ann')
  using ben = await hall.enter('ben', { maySend: false })
  const everybody = [person('ann'), person('ben')]
  using tone = await play(ann, 440)
  expect(tone).toBeDefined()
  ann.legs.meet([person('ann')], false)
  ben.legs.meet(everybody, false)
  ann.legs.meet(everybody, false)
  await hears(ben, 'ann', 440)
})

it('a person who came anew is heard anew', async () => {
  const hall = openHall()
  using ann = await hall.enter('ann')
  ann.legs.meet([person('ann')], false)
  {
    using ben = await hall.enter('ben')
    using tone = await play(ben, 880)
    expect(tone).toBeDefined()
    ben.legs.meet([person('ann'), person('ben', 2)], false)
    ann.legs.meet([person('ann'), person('ben', 2)], false)
    await hears(ann, 'ben', 880)
  }
  using again = await hall.enter('ben')
  using tone = await play(again, 440)
  expect(tone).toBeDefined()
  again.legs.meet([person('ann'), person('ben', 3)], false)
  ann.legs.meet([person('ann'), person('ben', 3)], false)
  await hears(ann, 'ben', 440)
})
