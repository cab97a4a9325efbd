import type { MediaEvent } from '@parley/core'
import { type JanusProcess, startJanus } from '@parley/testkit/services'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSystemClock } from '../../ids/system-clock.ts'
import { listThere } from './janus-admin-fixture.ts'
import { openJanusPlane } from './janus-plane.ts'
import { createVoiceLine, type VoiceLine } from './voice-peer-fixture.ts'

const clock = createSystemClock()
const logger = pino({ level: 'silent' })
let janus: JanusProcess
beforeAll(async () => {
  janus = await startJanus()
})
afterAll(() => janus[Symbol.asyncDispose]())

const openPlane = (...servers: JanusProcess[]) =>
  openJanusPlane({ servers: servers.map(({ server }) => server), clock, logger })

/** Two who talk and hear each other. */
async function twoWhoTalk(line: VoiceLine, conversation = 'room') {
  const ann = line.peer('ann', { conversation })
  const bob = line.peer('bob', { conversation })
  for (const [peer, tone] of [
    [ann, 440],
    [bob, 660],
  ] as const) {
    await peer.join()
    await peer.say(tone)
  }
  await expect.poll(() => bob.hearing()).toEqual({ ann: 440 })
  await expect.poll(() => ann.hearing()).toEqual({ bob: 660 })
  return { ann, bob }
}

const ofType = <T extends MediaEvent['type']>(line: VoiceLine, type: T) =>
  line.events.filter((event): event is Extract<MediaEvent, { type: T }> => event.type === type)

test('a late one hears everybody, who hear the late one', async () => {
  await using plane = await openPlane(janus)
  using line = createVoiceLine(plane)
  const { ann, bob } = await twoWhoTalk(line)
  const cem = line.peer('cem')
  await cem.join()
  await expect.poll(() => cem.hearing()).toEqual({ ann: 440, bob: 660 })
  await cem.say(880)
  await expect.poll(() => ann.hearing()).toEqual({ bob: 660, cem: 880 })
  await expect.poll(() => bob.hearing()).toEqual({ ann: 440, cem: 880 })
})

test('conversations hear nothing of each other', async () => {
  await using plane = await openPlane(janus)
  using line = createVoiceLine(plane)
  const one = await twoWhoTalk(line, 'one')
  const other = line.peer('cem', { conversation: 'other' })
  await other.join()
  await other.say(880)
  const before = one.ann.packets
  await expect.poll(() => one.ann.packets - before).toBeGreaterThan(20)
  await expect.poll(() => one.ann.hearing()).toEqual({ bob: 660 })
  expect(other.packets).toBe(0)
})

test('who leaves neither hears nor is heard, and may come back', async () => {
  await using plane = await openPlane(janus)
  using line = createVoiceLine(plane)
  const { ann, bob } = await twoWhoTalk(line)
  await plane.leave(bob.seat)
  await expect.poll(() => ann.hearing()).toEqual({})
  await expect.poll(() => bob.hearing()).toEqual({})
  await expect(bob.signal({ restart: true })).rejects.toMatchObject({ code: 'NOT_IN_ROOM' })
  await bob.join()
  await expect.poll(() => ann.hearing()).toEqual({ bob: 660 })
  await expect.poll(() => bob.hearing()).toEqual({ ann: 440 })
})

test('a second session of somebody takes the place of the first', async () => {
  await using plane = await openPlane(janus)
  using line = createVoiceLine(plane)
  const { ann, bob } = await twoWhoTalk(line)
  const again = line.peer('bob', { session: 'second' })
  await again.join()
  await again.say(880)
  await expect.poll(() => ann.hearing()).toEqual({ bob: 880 })
  await expect.poll(() => again.hearing()).toEqual({ ann: 440 })
  await expect(bob.signal({ restart: true })).rejects.toMatchObject({ code: 'NOT_IN_ROOM' })
  // The end of the first session does not end the second.
  await plane.leave(bob.seat)
  await expect.poll(() => ann.hearing()).toEqual({ bob: 880 })
})

describe('what may reach others', () => {
  test('a hard mute silences at the server, until it is lifted', async () => {
    await using plane = await openPlane(janus)
    using line = createVoiceLine(plane)
    const { ann, bob } = await twoWhoTalk(line)
    const lastLevel = () => ofType(line, 'level').findLast(({ userId }) => userId === 'bob')
    await expect.poll(lastLevel).toMatchObject({ isSpeaking: true })
    await plane.restrict(bob.seat, { audio: false, video: true })
    await expect.poll(() => ann.hearing()).toEqual({})
    expect(lastLevel()).toMatchObject({ isSpeaking: false })
    const before = ann.packets
    await expect.poll(() => bob.hearing()).toEqual({ ann: 440 })
    // Fresh legs are no way around it.
    await bob.join()
    await expect.poll(() => bob.hearing()).toEqual({ ann: 440 })
    expect(ann.packets).toBe(before)
    await plane.restrict(bob.seat, { audio: true, video: true })
    await expect.poll(() => ann.hearing()).toEqual({ bob: 660 })
  })

  test('a listener hears, and may not send; a speaker who becomes one is cut off', async () => {
    await using plane = await openPlane(janus)
    using line = createVoiceLine(plane)
    const { ann, bob } = await twoWhoTalk(line)
    const dee = line.peer('dee', { maySend: false })
    await dee.join()
    await expect.poll(() => dee.hearing()).toEqual({ ann: 440, bob: 660 })
    await expect(dee.say(880)).rejects.toMatchObject({ code: 'FORBIDDEN' })

    await plane.restrict({ ...bob.seat, maySend: false }, { audio: false, video: false })
    await expect.poll(() => ann.hearing()).toEqual({})
    await expect.poll(() => bob.hearing()).toEqual({ ann: 440 })

    await plane.restrict(bob.seat, { audio: true, video: true })
    await bob.publish()
    await expect.poll(() => ann.hearing()).toEqual({ bob: 660 })
  })

  test('an offer that is none, or that names its media wrongly, is refused, and harms nobody', async () => {
    await using plane = await openPlane(janus)
    using line = createVoiceLine(plane)
    const { ann } = await twoWhoTalk(line)
    const eve = line.peer('eve')
    await eve.join()
    const sdp = 'v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n'
    const offers = [
      { description: { type: 'offer', sdp: 'nothing' }, streams: [] },
      { description: { type: 'offer', sdp }, streams: [] },
      { description: { type: 'offer', sdp }, streams: [{ mid: '0', source: 'camera' }] },
      { description: { type: 'offer', sdp }, streams: [{ mid: '0', source: 'mic' }] },
    ] as const
    for (const signal of offers) await expect(eve.signal(signal)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
    await expect.poll(() => ann.hearing()).toEqual({ bob: 660 })
    await eve.say(880)
    await expect.poll(() => ann.hearing()).toEqual({ bob: 660, eve: 880 })
  })
})

describe('video', () => {
  test('comes when it is asked for, in the size that is asked for, and stops when it is not', async () => {
    await using plane = await openPlane(janus)
    using line = createVoiceLine(plane)
    const { ann, bob } = await twoWhoTalk(line)
    await ann.show('camera')
    await expect.poll(() => bob.hearing()).toEqual({ ann: 440 })
    expect(bob.watching()).toEqual({})
    for (const layer of ['low', 'high', 'medium'] as const) {
      await bob.watch({ 'ann camera': layer })
      await expect.poll(() => bob.watching()).toEqual({ 'ann camera': layer })
    }
    await bob.watch({})
    await expect.poll(() => bob.watching()).toEqual({})
    await bob.watch({ 'ann camera': 'low' })
    await expect.poll(() => bob.watching()).toEqual({ 'ann camera': 'low' })
    await expect.poll(() => bob.hearing()).toEqual({ ann: 440 })
  })

  test('of a screen comes beside that of the camera', async () => {
    await using plane = await openPlane(janus)
    using line = createVoiceLine(plane)
    const { ann, bob } = await twoWhoTalk(line)
    await bob.watch({ 'ann camera': 'low', 'ann screen': 'high' })
    await ann.show('camera')
    await expect.poll(() => bob.watching()).toEqual({ 'ann camera': 'low' })
    await ann.show('screen')
    await expect.poll(() => bob.watching()).toEqual({ 'ann camera': 'low', 'ann screen': 'high' })
    expect(bob.offered?.streams).toHaveLength(3)
  })

  test('is held back at the server where it is not allowed, and what is heard goes on', async () => {
    await using plane = await openPlane(janus)
    using line = createVoiceLine(plane)
    const { ann, bob } = await twoWhoTalk(line)
    await bob.watch({ 'ann camera': 'high' })
    await ann.show('camera')
    await expect.poll(() => bob.watching()).toEqual({ 'ann camera': 'high' })
    await plane.restrict(ann.seat, { audio: true, video: false })
    await expect.poll(() => bob.watching()).toEqual({})
    await expect.poll(() => bob.hearing()).toEqual({ ann: 440 })
  })
})

test('who speaks is told, and that they have stopped; and of whom nothing comes', async () => {
  await using plane = await openPlane(janus)
  using line = createVoiceLine(plane)
  const { bob } = await twoWhoTalk(line)
  const lastLevel = () => ofType(line, 'level').findLast(({ userId }) => userId === 'bob')
  await expect.poll(lastLevel).toMatchObject({ isSpeaking: true, level: expect.closeTo(0.67, 1) })
  await bob.say(null)
  await expect
    .poll(() => ofType(line, 'heard'))
    .toEqual([{ type: 'heard', conversationId: 'room', userId: 'bob', isHeard: false }])
  await bob.say(660)
  await expect.poll(() => ofType(line, 'heard').at(-1)).toMatchObject({ userId: 'bob', isHeard: true })
  await plane.leave(bob.seat)
  expect(lastLevel()).toMatchObject({ isSpeaking: false, level: 0 })
})

test('a way through the network is looked for anew when that is asked for', async () => {
  await using plane = await openPlane(janus)
  using line = createVoiceLine(plane)
  const { ann } = await twoWhoTalk(line)
  const way = () => /a=ice-ufrag:(\S+)/.exec(ann.offered?.description?.sdp ?? '')?.[1]
  const before = way()
  await ann.signal({ restart: true })
  await expect.poll(way).not.toBe(before)
})

test('an encrypted conversation takes encrypted media, and passes it on as it is', async () => {
  await using plane = await openPlane(janus)
  using line = createVoiceLine(plane)
  const ann = line.peer('ann', { isEncrypted: true })
  const bob = line.peer('bob', { isEncrypted: true })
  await ann.join()
  await ann.say(440)
  await bob.join()
  await expect.poll(() => bob.hearing()).toEqual({ ann: 440 })
})

test('nothing is left at the media server of those who came and went', async () => {
  await using plane = await openPlane(janus)
  using line = createVoiceLine(plane)
  const { ann } = await twoWhoTalk(line)
  const before = (await listThere(janus)).handles.length
  for (let round = 0; round < 10; round += 1) {
    const guests = Array.from({ length: 5 }, (_, index) => line.peer(`guest${index}`))
    await Promise.all(guests.map((guest) => guest.join()))
    await guests[0]?.say(880)
    await Promise.all(guests.map((guest) => guest.leave()))
    for (const guest of guests) guest[Symbol.dispose]()
  }
  await expect.poll(async () => (await listThere(janus)).handles).toHaveLength(before)
  await expect.poll(() => ann.hearing()).toEqual({ bob: 660 })
  await plane.close(ann.seat.conversationId)
  await expect.poll(async () => (await listThere(janus)).handles).toEqual([])
  expect(plane.servers()).toMatchObject([{ isThere: true, rooms: 0, people: 0 }])
})
