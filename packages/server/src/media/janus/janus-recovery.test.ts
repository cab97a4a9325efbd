import type { ConversationId } from '@parley/core'
import { type JanusProcess, startJanus } from '@parley/testkit/services'
import pino from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { createSystemClock } from '../../ids/system-clock.ts'
import { listThere } from './janus-admin-fixture.ts'
import { openJanusLine } from './janus-line.ts'
import { openJanusPlane } from './janus-plane.ts'
import { createVoiceLine, type VoiceLine, type VoicePeer } from './voice-peer-fixture.ts'

const clock = createSystemClock()
const logger = pino({ level: 'silent' })
const SOON = { timeout: 30_000, interval: 20 }

async function start(): Promise<JanusProcess> {
  const janus = await startJanus()
  onTestFinished(() => janus[Symbol.asyncDispose]())
  return janus
}

const openPlane = (...servers: JanusProcess[]) =>
  openJanusPlane({ servers: servers.map(({ server }) => server), clock, logger })

async function twoWhoTalk(line: VoiceLine, conversation: string) {
  const ann = line.peer(`ann of ${conversation}`, { conversation })
  const bob = line.peer(`bob of ${conversation}`, { conversation })
  await Promise.all([ann.join(), bob.join()])
  await Promise.all([ann.say(440), bob.say(660)])
  await hearEachOther(ann, bob)
  return [ann, bob] as const
}

async function hearEachOther(ann: VoicePeer, bob: VoicePeer): Promise<void> {
  await expect.poll(() => bob.hearing(), SOON).toEqual({ [ann.seat.name]: 440 })
  await expect.poll(() => ann.hearing(), SOON).toEqual({ [bob.seat.name]: 660 })
}

const told = (line: VoiceLine) =>
  line.events.flatMap((event) => (event.type === 'moved' || event.type === 'lost' ? [event.type] : []))

/** Without the word that it is lost, which comes first where that takes a while. */
const moves = (line: VoiceLine) => told(line).filter((type) => type === 'moved').length

/** A gap that is over sooner is not worth a word. */
const WORD_AFTER_MS = 1500
/** Whoever joins without a media server waits for twice as long. */
const IN_TIME_MS = 1000

test('when its Janus is killed and comes back, a conversation goes on there by itself', async () => {
  const janus = await start()
  await using plane = await openPlane(janus)
  using line = createVoiceLine(plane)
  const [ann, bob] = await twoWhoTalk(line, 'room')
  let words = 0
  for (let round = 1; round <= 3; round += 1) {
    const killedAt = clock.now()
    await janus.kill()
    await expect.poll(() => ann.hearing(), SOON).toEqual({})
    await janus.start()
    await hearEachOther(ann, bob)
    expect(moves(line)).toBe(round)
    if (clock.now() - killedAt > WORD_AFTER_MS) words += 1
  }
  expect(told(line).length - moves(line)).toBeLessThanOrEqual(words)
})

test('a conversation moves from a Janus that dies to another, and others stay where they are', async () => {
  const [one, other] = [await start(), await start()]
  await using plane = await openPlane(one, other)
  using line = createVoiceLine(plane)
  const first = await twoWhoTalk(line, 'first')
  const second = await twoWhoTalk(line, 'second')
  expect(plane.servers()).toMatchObject([
    { rooms: 1, people: 2 },
    { rooms: 1, people: 2 },
  ])
  await one.kill()
  await hearEachOther(...second)
  await expect.poll(() => moves(line), SOON).toBe(1)
  await hearEachOther(...first)
  await expect
    .poll(() => plane.servers())
    .toMatchObject([
      { isThere: false, rooms: 0, people: 0 },
      { isThere: true, rooms: 2, people: 4 },
    ])
  // Once it is back, it takes the next ones.
  await one.start()
  await expect.poll(() => plane.servers()[0]?.isThere, SOON).toBe(true)
  await twoWhoTalk(line, 'third')
  expect(plane.servers()).toMatchObject([{ people: 2 }, { people: 4 }])
})

test('a Janus that hangs is left; and nothing of ours stays on it when it goes on', async () => {
  const [one, other] = [await start(), await start()]
  await using plane = await openPlane(one, other)
  using line = createVoiceLine(plane)
  const [ann, bob] = await twoWhoTalk(line, 'room')
  await one.pause()
  await expect.poll(() => moves(line), SOON).toBe(1)
  await hearEachOther(ann, bob)
  one.resume()
  await expect.poll(() => plane.servers()[0]?.isThere, SOON).toBe(true)
  await expect.poll(() => roomsThere(one), SOON).toBe(0)
})

test('a Janus that is lost while another is still being asked for is looked for again', async () => {
  const [one, slow] = [await start(), await start()]
  await slow.pause()
  const opening = openPlane(one, slow)
  await expect.poll(async () => (await listThere(one)).sessions, SOON).toHaveLength(1)
  await one.kill()
  await one.start()
  slow.resume()
  await using plane = await opening
  using line = createVoiceLine(plane)
  await twoWhoTalk(line, 'room')
})

test('when there is no media server, that is said, and who joins is refused; until there is one', async () => {
  const janus = await start()
  await using plane = await openPlane(janus)
  using line = createVoiceLine(plane)
  const [ann, bob] = await twoWhoTalk(line, 'room')
  await janus.kill()
  const late = line.peer('late', { conversation: 'other' })
  await expect(late.join()).rejects.toMatchObject({ code: 'MEDIA_UNAVAILABLE' })
  await expect(ann.signal({ restart: true })).rejects.toMatchObject({ code: 'MEDIA_UNAVAILABLE' })
  await expect.poll(() => told(line)).toEqual(['lost'])
  await janus.start()
  await hearEachOther(ann, bob)
  await expect.poll(() => told(line)).toEqual(['lost', 'moved'])
  await late.join()
})

test('who joins while the media server comes back waits for it', async () => {
  const janus = await start()
  await using plane = await openPlane(janus)
  using line = createVoiceLine(plane)
  const ann = line.peer('ann')
  for (let isIn = false; !isIn; ) {
    await janus.kill()
    const joined = ann.join().then(
      () => true,
      () => false,
    )
    const startsAt = clock.now()
    await janus.start()
    const tookMs = clock.now() - startsAt
    isIn = await joined
    // On a busy machine that may be too late.
    if (!isIn) expect(tookMs).toBeGreaterThan(IN_TIME_MS)
  }
})

test('a conversation that everybody left while its Janus was gone is not made again', async () => {
  const janus = await start()
  await using plane = await openPlane(janus)
  using line = createVoiceLine(plane)
  const peers = await twoWhoTalk(line, 'room')
  await janus.kill()
  await expect.poll(() => plane.servers()[0]?.isThere).toBe(false)
  for (const peer of peers) await peer.leave()
  await janus.start()
  await expect.poll(() => plane.servers()[0]?.isThere, SOON).toBe(true)
  expect(plane.servers()).toMatchObject([{ rooms: 0, people: 0 }])
  expect(told(line)).toEqual([])
})

test('a plane whose servers are full says so', async () => {
  const janus = await start()
  await using plane = await openJanusPlane({ servers: [janus.server], clock, logger, maxPeoplePerServer: 2 })
  using line = createVoiceLine(plane)
  const [ann, bob] = await twoWhoTalk(line, 'room')
  await expect(line.peer('cem').join()).rejects.toMatchObject({ code: 'MEDIA_CAPACITY' })
  await ann.join()
  await hearEachOther(ann, bob)
  await expect(line.peer('cem', { conversation: 'other' }).join()).rejects.toMatchObject({ code: 'MEDIA_CAPACITY' })
  await plane.close('room' as ConversationId)
  await line.peer('dee', { conversation: 'other' }).join()
})

/** How many rooms a Janus has, whoever made them. */
async function roomsThere({ server }: JanusProcess): Promise<number> {
  const line = await openJanusLine({ url: server.url, apiSecret: server.apiSecret, clock })
  try {
    const session_id = (await line.ask({ janus: 'create' })).data?.id
    const handle_id = (await line.ask({ janus: 'attach', session_id, plugin: 'janus.plugin.videoroom' })).data?.id
    const body = { request: 'list', admin_key: server.adminKey }
    const answer = await line.ask({ janus: 'message', session_id, handle_id, body })
    return (answer as unknown as { plugindata: { data: { list: unknown[] } } }).plugindata.data.list.length
  } finally {
    line.close()
  }
}
