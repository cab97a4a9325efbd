import { startServer } from '@parley/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSeverableProxy } from '../clients/severable-proxy.ts'
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

test('a picture reaches the others, and goes', async () => {
  await using server = await startServer({ corsOrigins: [site.origin], rateLimits: 'off' })
  const room = await site.openRoom(server.url)
  const host = await room.enter(440)
  const ann = await room.enter(660)
  await host.page.evaluate(() => window.talker.join())
  await ann.page.evaluate(() => window.talker.join({ camera: true }))
  expect(await host.page.evaluate((id) => window.talker.pictureOf(id), ann.userId)).toBeGreaterThan(100)
  await expect
    .poll(() => host.page.evaluate(() => window.talker.voice.stats()))
    .toMatchObject({ route: 'direct', people: [{ userId: ann.userId }] })
  await ann.page.evaluate(() => window.talker.voice.setCamera(false))
  const videos = () =>
    host.page.evaluate(() => window.talker.voice.getSnapshot().participants.flatMap(({ video }) => video))
  await expect.poll(videos).toEqual([])
  await room.close()
})

test('without a line to the server people go on hearing each other, and are in again when it is back', async () => {
  await using server = await startServer({ corsOrigins: [site.origin], rateLimits: 'off' })
  await using proxy = await openSeverableProxy(server.url)
  const room = await site.openRoom(server.url, { hostUrl: proxy.url })
  const host = await room.enter(440)
  const ann = await room.enter(660)
  await host.page.evaluate(() => window.talker.join())
  await ann.page.evaluate(() => window.talker.join())
  await expect.poll(ann.hears).toEqual([440])
  const phase = () => host.page.evaluate(() => window.talker.voice.getSnapshot().phase)
  proxy.block()
  await expect.poll(phase).toBe('reconnecting')
  await expect.poll(host.hears).toEqual([660])
  expect(await phase()).toBe('reconnecting')
  proxy.unblock()
  await expect.poll(phase).toBe('in')
  await expect.poll(host.hears).toEqual([660])
  await expect.poll(ann.hears).toEqual([440])
  await room.close()
})
