import { startServer } from '@parley/testkit'
import { startCoturn } from '@parley/testkit/services'
import { expect, test } from 'vitest'
import { openTalkerSite } from './voice/voice-room.ts'

test('where packets pass only by the relay, people hear each other by it', async () => {
  await using coturn = await startCoturn()
  await using site = await openTalkerSite()
  await using server = await startServer({ corsOrigins: [site.origin], rateLimits: 'off', ...coturn.config })
  const room = await site.openRoom(server.url)
  const host = await room.enter(440)
  const ann = await room.enter(660)
  const bo = await room.enter(880)
  for (const { page } of [host, ann, bo]) {
    await page.evaluate(() => window.talker.join({ iceTransportPolicy: 'relay' }))
  }
  await expect.poll(host.hears).toEqual([660, 880])
  await expect.poll(ann.hears).toEqual([440, 880])
  await expect.poll(bo.hears).toEqual([440, 660])
  expect(await bo.page.evaluate(() => window.talker.voice.stats())).toMatchObject({ route: 'relayed' })
  await room.close()
})
