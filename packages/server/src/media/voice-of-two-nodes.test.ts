import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { rooms } from '@parley/protocol'
import { spawnServer, startServer, type TestServer } from '@parley/testkit'
import { type JanusProcess, startJanus, startRedis } from '@parley/testkit/services'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { person, rest } from './voice-person-fixture.ts'

const SOON = { timeout: 30_000, interval: 20 }
const opened = new AsyncDisposableStack()
const januses: JanusProcess[] = []
let env: Record<string, string> = {}
let one: TestServer
let other: TestServer

beforeAll(async () => {
  const redis = opened.use(await startRedis({ isDurable: false }))
  januses.push(opened.use(await startJanus()))
  const folder = opened.adopt(await mkdtemp(join(tmpdir(), 'parley-nodes-')), (path) => rm(path, { recursive: true }))
  const shared = {
    redisUrl: redis.url,
    databaseUrl: `sqlite:${join(folder, 'parley.db')}`,
    jwtSecrets: [randomBytes(36).toString('base64')],
    rateLimits: 'off',
    media: 'janus',
    janusUrls: januses.map(({ server }) => server.url),
    janusApiSecret: januses[0]?.server.apiSecret ?? null,
    janusAdminKey: januses[0]?.server.adminKey ?? null,
  } as const
  env = {
    REDIS_URL: shared.redisUrl,
    DATABASE_URL: shared.databaseUrl,
    JWT_SECRET: shared.jwtSecrets[0],
    RATE_LIMITS: 'off',
    MEDIA: 'janus',
    JANUS_URLS: shared.janusUrls.join(','),
    JANUS_API_SECRET: shared.janusApiSecret ?? '',
    JANUS_ADMIN_KEY: shared.janusAdminKey ?? '',
  }
  one = opened.use(await startServer(shared))
  other = opened.use(await startServer(shared))
})
afterAll(() => opened.disposeAsync())

/** The host on one node and a guest on the other, who talk and hear each other. */
async function twoWhoTalk(otherUrl = other.url) {
  const room = { name: 'Tea', hostName: 'Ann', duration: 15, maxParticipants: 5 }
  const { roomId, token } = await rest<rooms.CreateRoomAnswer>(`${one.url}/api/create-room`, null, room)
  const asked = { roomId, participantName: 'Bob' }
  const guest = await rest<rooms.JoinRoomAnswer>(`${otherUrl}/api/join-room`, null, asked)
  const ann = await person(one.url, token, roomId, 'ann')
  const bob = await person(otherUrl, guest.token, roomId, 'bob')
  for (const [somebody, tone] of [
    [ann, 440],
    [bob, 660],
  ] as const) {
    await somebody.voice.join()
    await somebody.voice.say(tone)
  }
  await expect.poll(() => bob.voice.hearing(), SOON).toEqual({ [ann.userId]: 440 })
  await expect.poll(() => ann.voice.hearing(), SOON).toEqual({ [bob.userId]: 660 })
  return { roomId, ann, bob }
}

test('whom the host of another node mutes is not heard, and is again', async () => {
  const { ann, bob } = await twoWhoTalk()
  await ann.ask('room:mute-member', { participantId: bob.userId, muted: true, hard: true })
  await expect.poll(() => ann.voice.hearing(), SOON).toEqual({})
  await ann.ask('room:mute-member', { participantId: bob.userId, muted: false })
  await bob.ask('voice:mute', { muted: false })
  await expect.poll(() => ann.voice.hearing(), SOON).toEqual({ [bob.userId]: 660 })
  for (const somebody of [ann, bob]) somebody.close()
})

test('whom the host of another node puts out neither hears nor is heard', async () => {
  const { ann, bob } = await twoWhoTalk()
  await ann.ask('room:kick', { participantId: bob.userId, ban: false })
  await expect.poll(() => ann.voice.hearing(), SOON).toEqual({})
  await expect.poll(() => bob.voice.hearing(), SOON).toEqual({})
  for (const somebody of [ann, bob]) somebody.close()
})

test('people on two nodes hear each other again by themselves when their media server was killed', async () => {
  const { ann, bob } = await twoWhoTalk()
  const moves = new Map([ann, bob].map((somebody) => [somebody, 0]))
  for (const somebody of [ann, bob])
    somebody.socket.on('voice:moved', () => moves.set(somebody, (moves.get(somebody) ?? 0) + 1))
  const [janus] = januses
  await janus?.kill()
  await expect.poll(() => ann.voice.hearing(), SOON).toEqual({})
  await janus?.start()
  await expect.poll(() => [...moves.values()], SOON).toEqual([1, 1])
  await expect.poll(() => bob.voice.hearing(), SOON).toEqual({ [ann.userId]: 440 })
  await expect.poll(() => ann.voice.hearing(), SOON).toEqual({ [bob.userId]: 660 })
  for (const somebody of [ann, bob]) somebody.close()
})

test('whose node was killed is not heard from then on, though they go on sending', async () => {
  await using killed = await spawnServer(env)
  const { ann, bob } = await twoWhoTalk(killed.url)
  await killed.stop('SIGKILL')
  await expect.poll(() => ann.voice.hearing(), SOON).toEqual({})
  for (const somebody of [ann, bob]) somebody.close()
})
