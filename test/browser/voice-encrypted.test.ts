import { readdir } from 'node:fs/promises'
import { join as pathOf } from 'node:path'
import { createRestApi } from '@parley/client'
import { createRoomKey } from '@parley/client/e2ee'
import { startServer } from '@parley/testkit'
import { openBrowser } from '@parley/testkit/browser'
import { type JanusProcess, startJanus } from '@parley/testkit/services'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTalkerSite, type Talker, type TalkerSite } from './voice/voice-room.ts'

/** Ciphertext played as sound is as loud as speech; the tones stand at 0.2. */
const SILENCE = 0.001
const LISTEN_MS = 1000

let site: TalkerSite
let janus: JanusProcess
beforeAll(async () => {
  ;[site, janus] = await Promise.all([openTalkerSite(), startJanus()])
})
afterAll(async () => {
  await site[Symbol.asyncDispose]()
  await janus[Symbol.asyncDispose]()
})

const start = (media: 'mesh' | 'janus') =>
  startServer({
    corsOrigins: [site.origin],
    rateLimits: 'off',
    ...(media === 'janus' && {
      media,
      janusUrls: [janus.server.url],
      janusApiSecret: janus.server.apiSecret,
      janusAdminKey: janus.server.adminKey,
    }),
  })

const join = ({ page }: Talker, camera = false): Promise<void> =>
  page.evaluate((wish) => window.talker.join({ camera: wish }), camera)
const loudest = ({ page }: Talker) => page.evaluate((ms) => window.talker.loudest(ms), LISTEN_MS)
/** `rtx` is no other codec: what was lost, sent once more. */
const codecs = async ({ page }: Talker) =>
  (await page.evaluate(() => window.talker.codecs())).filter((name) => name !== 'rtx')
/** The people whose key this one lacks. */
const lacking = ({ page }: Talker) =>
  page.evaluate(() =>
    window.talker.voice.getSnapshot().participants.flatMap(({ userId, missingKey }) => (missingKey ? [userId] : [])),
  )
/** The height of a picture that comes within two seconds of looking at it; 0: none comes. */
const glimpse = ({ page }: Talker, of: Talker) =>
  page.evaluate((userId) => {
    window.talker.voice.setViews([{ userId, source: 'camera', width: 320, height: 180 }])
    return Promise.race([window.talker.pictureOf(userId), new Promise<number>((end) => setTimeout(end, 2000, 0))])
  }, of.userId)

describe.each(['mesh', 'janus'] as const)('in an encrypted call over %s', (media) => {
  test('people with the key hear and see each other, others nothing, not even noise', async () => {
    await using server = await start(media)
    const room = await site.openRoom(server.url, { encrypted: true })
    const key = createRoomKey()
    const host = await room.enter(440, key)
    const ann = await room.enter(660, key)
    await join(host)
    await join(ann, true)
    await expect.poll(host.hears).toEqual([660])
    await expect.poll(ann.hears).toEqual([440])
    await expect.poll(() => loudest(host)).toBeGreaterThan(0.1)
    await expect.poll(() => glimpse(host, ann)).toBeGreaterThan(100)
    expect(await host.page.evaluate(() => window.talker.voice.getSnapshot().isEncrypted)).toBe(true)
    for (const each of [host, ann]) expect(await codecs(each)).toEqual(['opus', 'vp8'])

    const stranger = await room.enter(880, createRoomKey())
    await join(stranger)
    await expect.poll(() => lacking(stranger)).toEqual([host.userId, ann.userId])
    expect(await loudest(stranger)).toBeLessThan(SILENCE)
    expect(await stranger.hears()).toEqual([])
    expect(await glimpse(stranger, ann)).toBe(0)
    // Nor is what the stranger says played to the others, who hear each other as before.
    await expect.poll(() => lacking(host)).toEqual([stranger.userId])
    await expect.poll(host.hears).toEqual([660])
    expect(await loudest(host)).toBeLessThan(0.5)
    // A picture that comes later goes on a line that was there before, perhaps.
    await host.page.evaluate(() => window.talker.voice.setCamera(true))
    await expect.poll(() => glimpse(ann, host)).toBeGreaterThan(100)
    expect(await glimpse(stranger, host)).toBe(0)
    await room.close()
  })

  test('nobody comes in without the key', async () => {
    await using server = await start(media)
    const room = await site.openRoom(server.url, { encrypted: true })
    const host = await room.enter(440, createRoomKey())
    const keyless = await room.enter(660)
    await join(host)
    await expect(join(keyless)).rejects.toThrow('you came without its key')
    expect(await keyless.page.evaluate(() => window.talker.voice.getSnapshot().error?.code)).toBe('FORBIDDEN')
    expect(await keyless.page.evaluate(() => window.talker.chat.getSnapshot().encryption)).toBe('missing-key')
    expect(await loudest(keyless)).toBe(0)
    expect(await host.hears()).toEqual([])
    await room.close()
  })
})

test('a page of another origin that loads the SDK as a script finds the worker', async () => {
  await using server = await start('mesh')
  await using browser = await openBrowser()
  const { page } = await browser.newPerson()
  const { roomId, token } = await createRestApi({ url: server.url }).createRoom({
    name: 'Den',
    hostName: 'Ada',
    duration: 15,
    encrypted: true,
  })
  await page.goto(site.origin)
  await page.addScriptTag({ url: `${server.url}/sdk/parley.js` })
  const isEncrypted = await page.evaluate(
    async ({ url, room, own, key }) => {
      const { createParleyClient } = (globalThis as unknown as { Parley: typeof import('@parley/client') }).Parley
      const chat = createParleyClient({ url, getToken: () => own }).openChat(room, { key })
      while (chat.getSnapshot().phase !== 'joined') await new Promise((resolve) => setTimeout(resolve, 20))
      await chat.voice.join({ listenOnly: true })
      return chat.voice.getSnapshot().isEncrypted
    },
    { url: server.url, room: roomId, own: token, key: createRoomKey() },
  )
  expect(isEncrypted).toBe(true)
})

test('the web app has the worker, and its content security policy lets it run', async () => {
  await using server = await start('mesh')
  await using browser = await openBrowser()
  const { page, complaints } = await browser.newPerson()
  const assets = await readdir(pathOf(import.meta.dirname, '../../packages/web/dist/assets'))
  const file = assets.find((name) => /^media-cipher-worker-.*\.js$/.test(name)) ?? 'there is none'
  await page.goto(server.url)
  const first = await page.evaluate(
    (path) =>
      new Promise((resolve, reject) => {
        const worker = new Worker(path, { type: 'module' })
        worker.onmessage = ({ data }) => resolve(data)
        worker.onerror = () => reject(new Error('the worker does not run'))
      }),
    `/assets/${file}`,
  )
  expect(first).toEqual({ type: 'ready' })
  expect(complaints).toEqual([])
})
