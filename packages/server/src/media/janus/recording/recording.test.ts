import { existsSync, readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ConversationId } from '@parley/core'
import { type JanusProcess, startJanus } from '@parley/testkit/services'
import pino from 'pino'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { createSystemClock } from '../../../ids/system-clock.ts'
import { type JanusPlane, openJanusPlane } from '../janus-plane.ts'
import { createVoiceLine } from '../voice-peer-fixture.ts'
import { tonesIn } from './recording-fixture.ts'

const clock = createSystemClock()
const ROOM = 'room' as ConversationId
let janus: JanusProcess
beforeAll(async () => {
  janus = await startJanus()
})
afterAll(() => janus[Symbol.asyncDispose]())

async function openPlane(): Promise<JanusPlane & { readonly recordingsFolder: string }> {
  const recordingsFolder = await mkdtemp(join(tmpdir(), 'parley-recordings-'))
  onTestFinished(() => rm(recordingsFolder, { recursive: true, force: true }))
  const logger = pino({ level: 'error' })
  return { ...(await openJanusPlane({ servers: [janus.server], clock, logger, recordingsFolder })), recordingsFolder }
}

const passed = (ms: number) => {
  const until = clock.now() + ms
  return expect.poll(() => clock.now()).toBeGreaterThan(until)
}

test('a recording has a file for each person, all of which begin at its start, with silence where they said nothing', async () => {
  await using plane = await openPlane()
  using line = createVoiceLine(plane)
  const [ann, bob] = [line.peer('ann'), line.peer('bob')]
  await ann.join()
  await ann.say(440)
  await expect.poll(() => line.events.filter(({ type }) => type === 'level')).toHaveLength(1)
  const before = clock.now()
  await plane.startRecording(ROOM)
  await plane.startRecording(ROOM)
  const after = clock.now()
  const { startedAt = 0 } = plane.recordings.list(ROOM)[0] ?? {}
  expect(startedAt).toBeGreaterThanOrEqual(before)
  expect(startedAt).toBeLessThanOrEqual(after)
  /** In tenths of a second since then. */
  const place = () => (clock.now() - startedAt) / 100
  await passed(800)
  await bob.join()
  await bob.say(660)
  await expect.poll(() => ann.hearing()).toEqual({ bob: 660 })
  const bobFrom = place()
  // What is due by then is sent before more than this has passed.
  const annAtLeastUntil = place()
  await passed(100)
  await ann.say(null)
  const annUntil = place()
  await passed(600)
  // Fresh legs go into the same file.
  const bobAnew = place()
  await bob.join()
  // What came on the legs before still counts as heard: half a second's packets have come on these.
  const onFormer = ann.packets
  await expect.poll(() => ann.packets).toBeGreaterThan(onFormer + 25)
  await expect.poll(() => ann.hearing()).toEqual({ bob: 660 })
  expect(plane.recordings.list(ROOM)).toMatchObject([
    { name: 'ann', state: 'recording' },
    { name: 'bob', state: 'recording' },
  ])
  const beforeStop = clock.now()
  await plane.stopRecording(ROOM)
  const afterStop = clock.now()
  const listed = () => plane.recordings.list(ROOM)
  await expect.poll(() => listed().map(({ state }) => state)).toEqual(['ready', 'ready'])

  const [annFile, bobFile] = listed().map(({ id }) => plane.recordings.find(ROOM, id))
  const [annTones, bobTones] = [await tonesIn(annFile?.path ?? ''), await tonesIn(bobFile?.path ?? '')]
  expect(annFile).toMatchObject({ userId: 'ann', startedAt })
  const { durationMs = 0 } = annFile ?? {}
  expect(durationMs).toBeGreaterThanOrEqual(beforeStop - startedAt)
  expect(durationMs).toBeLessThanOrEqual(afterStop - startedAt)
  for (const tones of [annTones, bobTones]) expect(Math.abs(tones.length - durationMs / 100)).toBeLessThanOrEqual(2)
  const annSpeaks = annTones.slice(3, Math.floor(annAtLeastUntil) - 2)
  expect(annSpeaks).toEqual(Array(Math.floor(annAtLeastUntil) - 5).fill(440))
  expect(annTones.slice(Math.ceil(annUntil) + 2).every((tone) => tone === null)).toBe(true)
  expect(bobTones.slice(0, 7).every((tone) => tone === null)).toBe(true)
  expect(bobTones.slice(Math.ceil(bobFrom), Math.ceil(bobFrom) + 5)).toEqual(Array(5).fill(660))
  expect(bobTones.slice(Math.ceil(bobAnew) + 2)).toContain(660)

  // Until the conversation ends; and what Janus wrote is gone already.
  await expect.poll(() => readdirSync(janus.server.recordingsFolder ?? '')).toEqual([])
  await plane.close(ROOM)
  expect(listed()).toEqual([])
  expect(existsSync(annFile?.path ?? '')).toBe(false)
})

test('nothing is recorded of who came later than the stop, nor of an encrypted conversation', async () => {
  await using plane = await openPlane()
  using line = createVoiceLine(plane)
  const secret = line.peer('eve', { conversation: 'secret', isEncrypted: true })
  await secret.join()
  await expect(plane.startRecording(secret.seat.conversationId)).rejects.toMatchObject({ code: 'FORBIDDEN' })

  const ann = line.peer('ann')
  await ann.join()
  await plane.startRecording(ROOM)
  await plane.stopRecording(ROOM)
  await ann.say(440)
  await expect.poll(() => line.events.some(({ type }) => type === 'level')).toBe(true)
  expect(plane.recordings.list(ROOM)).toEqual([])
  expect(readdirSync(janus.server.recordingsFolder ?? '')).toEqual([])
})

test('a recording goes on after everybody left without stopping it, in what there is', async () => {
  await using plane = await openPlane()
  using line = createVoiceLine(plane)
  const ann = line.peer('ann')
  await ann.join()
  await ann.say(440)
  await expect.poll(() => line.events.some(({ type }) => type === 'level')).toBe(true)
  await plane.startRecording(ROOM)
  await passed(500)
  await ann.leave()
  await expect.poll(() => plane.recordings.list(ROOM)).toMatchObject([{ state: 'ready' }])
  const [file] = plane.recordings.list(ROOM)
  const tones = await tonesIn(plane.recordings.find(ROOM, file?.id ?? '')?.path ?? '')
  expect(tones.filter((tone) => tone === 440).length).toBeGreaterThanOrEqual(3)
})

test('where no recording is allowed, none is made', async () => {
  await using plane = await openJanusPlane({ servers: [janus.server], clock, logger: pino({ level: 'silent' }) })
  using line = createVoiceLine(plane)
  await line.peer('ann').join()
  await expect(plane.startRecording(ROOM)).rejects.toMatchObject({ code: 'MEDIA_UNAVAILABLE' })
})
