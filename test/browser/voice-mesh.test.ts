import { startServer } from '@parley/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { talkInRoom } from './voice/talk-in-room.ts'
import { openTalkerSite, type TalkerSite } from './voice/voice-room.ts'

let site: TalkerSite
beforeAll(async () => {
  site = await openTalkerSite()
})
afterAll(() => site[Symbol.asyncDispose]())

test('without a media server people hear each other directly, and who is muted or put out is silent', async () => {
  await using server = await startServer({ corsOrigins: [site.origin], rateLimits: 'off' })
  const room = await site.openRoom(server.url)
  await talkInRoom(room)
  await room.close()
})

test('a picture reaches the others, and goes; a lost connection to the server leaves the sound on and heals', async () => {
  await using server = await startServer({ corsOrigins: [site.origin], rateLimits: 'off' })
  const room = await site.openRoom(server.url)
  const host = await room.enter(440)
  const ann = await room.enter(660)
  await host.page.evaluate(() => window.talker.join())
  await ann.page.evaluate(() => window.talker.join({ camera: true }))
  expect(await host.page.evaluate((id) => window.talker.pictureOf(id), ann.userId)).toBeGreaterThan(100)
  await ann.page.evaluate(() => window.talker.voice.setCamera(false))
  const videos = () => host.page.evaluate(() => window.talker.voice.getSnapshot().participants.flatMap(({ video }) => video))
  await expect.poll(videos).toEqual([])
  const stats = await host.page.evaluate(() => window.talker.voice.stats())
  expect(stats).toMatchObject({ route: 'direct', people: [{ userId: ann.userId }] })
  await room.close()
})
