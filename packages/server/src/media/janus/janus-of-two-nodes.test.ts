import type { ConversationId } from '@parley/core'
import { type JanusProcess, startJanus } from '@parley/testkit/services'
import pino from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { createSystemClock } from '../../ids/system-clock.ts'
import { createMemoryRoomPlaces, type RoomPlaces } from '../room-places.ts'
import { openJanusPlane } from './janus-plane.ts'
import { createVoiceLine, type VoicePeer } from './voice-peer-fixture.ts'

const clock = createSystemClock()
const logger = pino({ level: 'silent' })
const SOON = { timeout: 30_000, interval: 20 }
const ROOM = 'room' as ConversationId

/** Two nodes with the same media servers, which go by the same places. */
async function startNodes(count: number, places: RoomPlaces = createMemoryRoomPlaces(true)) {
  const stack = new AsyncDisposableStack()
  onTestFinished(() => stack.disposeAsync())
  const januses: JanusProcess[] = []
  for (let i = 0; i < count; i += 1) januses.push(stack.use(await startJanus()))
  const open = async () => {
    const plane = stack.use(
      await openJanusPlane({ servers: januses.map(({ server }) => server), clock, logger, places }),
    )
    return { plane, line: stack.use(createVoiceLine(plane)) }
  }
  const [one, other] = [await open(), await open()]
  return { januses, places, one, other }
}

async function hearEachOther(ann: VoicePeer, bob: VoicePeer): Promise<void> {
  await expect.poll(() => bob.hearing(), SOON).toEqual({ ann: 440 })
  await expect.poll(() => ann.hearing(), SOON).toEqual({ bob: 660 })
}

/** How often each node has told that the conversation moved. */
const movedOf = ({ one, other }: Awaited<ReturnType<typeof startNodes>>) =>
  [one, other].map(({ line }) => line.events.filter(({ type }) => type === 'moved').length)

async function twoWhoTalk({ one, other }: Awaited<ReturnType<typeof startNodes>>) {
  const [ann, bob] = [one.line.peer('ann'), other.line.peer('bob')]
  await Promise.all([ann.join(), bob.join()])
  await Promise.all([ann.say(440), bob.say(660)])
  await hearEachOther(ann, bob)
  return [ann, bob] as const
}

test('people of one conversation on two nodes hear and see each other, and who goes is not heard', async () => {
  const nodes = await startNodes(2)
  const [ann, bob] = await twoWhoTalk(nodes)
  await ann.show('camera')
  await bob.watch({ 'ann camera': 'high' })
  await expect.poll(() => bob.watching(), SOON).toMatchObject({ 'ann camera': expect.anything() })
  const cem = nodes.other.line.peer('cem')
  await cem.join()
  await expect.poll(() => cem.hearing(), SOON).toEqual({ ann: 440, bob: 660 })

  await ann.leave()
  await expect.poll(() => bob.hearing(), SOON).toEqual({})
  await ann.join()
  await hearEachOther(ann, bob)
  await bob.leave()
  await cem.leave()
  await expect.poll(() => ann.hearing(), SOON).toEqual({})
  // Nobody of the other node is left: the room stays for those of this one.
  await expect.poll(() => nodes.other.plane.servers().map(({ rooms }) => rooms), SOON).toEqual([0, 0])
  await bob.join()
  await hearEachOther(ann, bob)
})

test('levels of each are told by one node', async () => {
  const nodes = await startNodes(1)
  await twoWhoTalk(nodes)
  const heardBy = ({ line }: typeof nodes.one) =>
    new Set(line.events.flatMap((event) => (event.type === 'level' ? [event.userId] : [])))
  await expect
    .poll(() => [heardBy(nodes.one), heardBy(nodes.other)], SOON)
    .toEqual([new Set(['ann']), new Set(['bob'])])
})

test('when its media server dies a conversation moves once, and all nodes with it', async () => {
  const nodes = await startNodes(2)
  const [ann, bob] = await twoWhoTalk(nodes)
  const before = await nodes.places.find(ROOM)
  const [first] = nodes.one.plane.servers()
  await (first?.rooms === 1 ? nodes.januses[0] : nodes.januses[1])?.kill()
  await expect.poll(() => movedOf(nodes), SOON).toEqual([1, 1])
  await hearEachOther(ann, bob)
  expect(movedOf(nodes)).toEqual([1, 1])
  expect((await nodes.places.find(ROOM))?.server).not.toBe(before?.server)
})

test('a node follows where another one has moved the conversation, when it is told and by itself', async () => {
  const nodes = await startNodes(1)
  const [ann, bob] = await twoWhoTalk(nodes)
  for (const [round, isTold] of [true, false].entries()) {
    const at = await nodes.places.find(ROOM)
    if (at === null) throw new Error('they talk somewhere')
    await nodes.places.settle(ROOM, { ...at, room: `${at.room}-next` }, at)
    if (isTold) await Promise.all([nodes.one.plane.locate(ROOM), nodes.other.plane.locate(ROOM)])
    await expect.poll(() => movedOf(nodes), SOON).toEqual([round + 1, round + 1])
    await hearEachOther(ann, bob)
  }
})

test('a node that ends takes its people along, and the end of the conversation everybody', async () => {
  const nodes = await startNodes(1)
  const [ann, bob] = await twoWhoTalk(nodes)
  await nodes.other.plane[Symbol.asyncDispose]()
  await expect.poll(() => ann.hearing(), SOON).toEqual({})
  bob[Symbol.dispose]()
  const again = await openJanusPlane({
    servers: nodes.januses.map(({ server }) => server),
    clock,
    logger,
    places: nodes.places,
  })
  onTestFinished(() => again[Symbol.asyncDispose]())
  using line = createVoiceLine(again)
  const cem = line.peer('cem')
  await cem.join()
  await expect.poll(() => cem.hearing(), SOON).toEqual({ ann: 440 })
  await again.close(ROOM)
  await expect.poll(() => cem.hearing(), SOON).toEqual({})
  expect(await nodes.places.find(ROOM)).toBeNull()
})
