import { startServer } from '@parley/testkit'
import { type JanusProcess, startJanus } from '@parley/testkit/services'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { talkInRoom } from './voice/talk-in-room.ts'
import { openTalkerSite, type TalkerSite } from './voice/voice-room.ts'

let site: TalkerSite
let janus: JanusProcess
beforeAll(async () => {
  ;[site, janus] = await Promise.all([openTalkerSite(), startJanus()])
})
afterAll(async () => {
  await site[Symbol.asyncDispose]()
  await janus[Symbol.asyncDispose]()
})

const startSfu = () =>
  startServer({
    corsOrigins: [site.origin],
    rateLimits: 'off',
    media: 'janus',
    janusUrls: [janus.server.url],
    janusApiSecret: janus.server.apiSecret,
    janusAdminKey: janus.server.adminKey,
  })

test('through Janus people hear each other, and who is muted or put out is silent', async () => {
  await using server = await startSfu()
  const room = await site.openRoom(server.url)
  await talkInRoom(room)
  await room.close()
})

test('a picture comes as large as the tile that shows it, and not without one', async () => {
  await using server = await startSfu()
  const room = await site.openRoom(server.url, { pictureHeight: 720 })
  const host = await room.enter(440)
  const ann = await room.enter(660)
  await host.page.evaluate(() => window.talker.join())
  await ann.page.evaluate(() => window.talker.join({ camera: true }))
  const show = (height: number) =>
    host.page.evaluate(
      ({ userId, height: tile }) =>
        window.talker.voice.setViews([{ userId, source: 'camera', width: (tile * 16) / 9, height: tile }]),
      { userId: ann.userId, height },
    )
  const height = () => host.page.evaluate((id) => window.talker.pictureOf(id), ann.userId)
  await show(180)
  await expect.poll(height).toBe(180)
  await show(360)
  await expect.poll(height).toBe(360)
  await show(720)
  await expect.poll(height).toBe(720)
  await room.close()
})

test('Janus killed while people talk: they hear each other again without touching anything', async () => {
  await using server = await startSfu()
  const room = await site.openRoom(server.url)
  const host = await room.enter(440)
  const ann = await room.enter(660)
  await host.page.evaluate(() => window.talker.join())
  await ann.page.evaluate(() => window.talker.join())
  await expect.poll(host.hears).toEqual([660])
  for (let round = 0; round < 2; round += 1) {
    await expect.poll(ann.hears).toEqual([440])
    await janus.kill()
    await expect.poll(host.hears).toEqual([])
    await janus.start()
    await expect.poll(host.hears).toEqual([660])
  }
  await room.close()
})
