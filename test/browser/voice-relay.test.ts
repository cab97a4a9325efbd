import { startServer } from '@parley/testkit'
import { type CoturnProcess, startCoturn, startJanus } from '@parley/testkit/services'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chooseInRoomMenu, expectNoComplaints, joinRoom, openSite } from './site.ts'
import { openTalkerSite, type Talker, type TalkerRoom, type TalkerSite } from './voice/voice-room.ts'

let site: TalkerSite
let coturn: CoturnProcess
beforeAll(async () => {
  ;[site, coturn] = await Promise.all([openTalkerSite(), startCoturn()])
})
afterAll(async () => {
  await site[Symbol.asyncDispose]()
  await coturn[Symbol.asyncDispose]()
})

/** Three whose packets pass by the relay alone. */
async function talkByRelay(room: TalkerRoom): Promise<void> {
  const host = await room.enter(440)
  const ann = await room.enter(660)
  const bo = await room.enter(880)
  const all = [host, ann, bo]
  // Nobody waits for the others: their allocations meet at the relay.
  await Promise.all(all.map(({ page }) => page.evaluate(() => window.talker.join({ iceTransportPolicy: 'relay' }))))
  await expect.poll(host.hears).toEqual([660, 880])
  await expect.poll(ann.hears).toEqual([440, 880])
  await expect.poll(bo.hears).toEqual([440, 660])
  for (const { page } of all) {
    await expect.poll(() => page.evaluate(() => window.talker.voice.stats())).toMatchObject({ route: 'relayed' })
  }
  await room.close()
}

test('where packets pass only by the relay, people hear each other over a mesh', async () => {
  await using server = await startServer({ corsOrigins: [site.origin], rateLimits: 'off', ...coturn.config })
  await talkByRelay(await site.openRoom(server.url))
})

test('and through a media server', async () => {
  await using janus = await startJanus()
  await using server = await startServer({
    ...coturn.config,
    corsOrigins: [site.origin],
    rateLimits: 'off',
    media: 'janus',
    janusUrls: [janus.server.url],
    janusApiSecret: janus.server.apiSecret,
    janusAdminKey: janus.server.adminKey,
  })
  await talkByRelay(await site.openRoom(server.url))
})

test('whom the relay refuses at first is heard all the same a few seconds later', async () => {
  await using server = await startServer({ corsOrigins: [site.origin], rateLimits: 'off', ...coturn.config })
  const room = await site.openRoom(server.url)
  const host = await room.enter(440)
  const ann = await room.enter(660)
  await refuseFirst(ann)
  for (const { page } of [host, ann]) {
    await page.evaluate(() => window.talker.join({ iceTransportPolicy: 'relay' }))
  }
  await expect.poll(host.hears).toEqual([660])
  await expect.poll(ann.hears).toEqual([440])
  await expect.poll(() => ann.page.title()).toBe('401')
  await room.close()
})

test('who tests the connection before joining voice sees which ways are open', async () => {
  await using rooms = await openSite({ ...coturn.config })
  const { roomId } = await rooms.rest.createRoom()
  const bo = await rooms.newPerson({ device: 'phone' })
  await joinRoom(bo, `${rooms.server.url}/r/${roomId}`, 'Bo')
  await chooseInRoomMenu(bo, 'Check microphone and camera')
  await bo.page.getByRole('dialog').getByRole('button', { name: 'Test the connection' }).click()
  const ways = bo.page.getByRole('dialog', { name: 'Test the connection' }).getByRole('listitem')
  for (const way of ['Connection to the server', 'Relay (TURN over UDP)', 'Relay (TURN over TCP)'])
    await ways.filter({ hasText: way }).filter({ hasText: 'Works' }).waitFor()
  expectNoComplaints(bo)
})

/** Their first connection asks the relay with a wrong password; the title tells what it answered. */
const refuseFirst = ({ page }: Talker): Promise<void> =>
  page.evaluate(() => {
    const Connection = window.RTCPeerConnection
    window.RTCPeerConnection = class extends Connection {
      constructor(configuration: RTCConfiguration = {}) {
        window.RTCPeerConnection = Connection
        const iceServers = (configuration.iceServers ?? []).map((server) =>
          server.credential === undefined ? server : { ...server, credential: 'wrong' },
        )
        super({ ...configuration, iceServers })
        this.addEventListener('icecandidateerror', ({ errorCode }) => {
          document.title = String(errorCode)
        })
      }
    }
  })
