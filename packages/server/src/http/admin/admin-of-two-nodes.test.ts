import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { admin } from '@parley/protocol'
import { startServer, type TestServer } from '@parley/testkit'
import { type RedisServer, startRedis } from '@parley/testkit/services'
import { signSiteToken } from '@parley/testkit/sign-site-token'
import { io } from 'socket.io-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { z } from 'zod'

const adminToken = 'kRt0Wm2sYv8Lq4Zp7Nc1Xb6Jh3Gf9Da5'
const secret = randomBytes(36).toString('base64')
const opened = new AsyncDisposableStack()
let redis: RedisServer
let one: TestServer
let other: TestServer

beforeAll(async () => {
  redis = opened.use(await startRedis({ isDurable: false }))
  const folder = opened.adopt(await mkdtemp(join(tmpdir(), 'parley-nodes-')), (path) => rm(path, { recursive: true }))
  const shared = {
    ...{ redisUrl: redis.url, databaseUrl: `sqlite:${join(folder, 'parley.db')}` },
    ...{ adminToken, jwtSecrets: [secret] },
  }
  one = opened.use(await startServer(shared))
  other = opened.use(await startServer(shared))
})
afterAll(() => opened.disposeAsync())

async function ask<S extends z.ZodType>(schema: S, server: TestServer, path: string, body?: object) {
  const response = await fetch(`${server.url}/api/admin/${path}`, {
    method: body === undefined ? 'GET' : 'PUT',
    headers: { Authorization: `Bearer ${adminToken}`, ...(body && { 'Content-Type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
  expect(response.status).toBe(200)
  return schema.parse(await response.json())
}

async function connect(server: TestServer, userId: string): Promise<void> {
  const token = signSiteToken(secret, userId)
  const socket = io(server.url, { auth: { token }, transports: ['websocket'], reconnection: false, forceNew: true })
  opened.defer(() => void socket.close())
  await new Promise((resolve) => socket.once('connected', resolve))
}

test('finds people on every node, once each', async () => {
  await connect(one, 'ann')
  await connect(other, 'ann')
  await connect(other, 'anton')
  for (const server of [one, other]) {
    // A node that does not answer within a second is passed over.
    const find = async () => {
      const { people, ...found } = await ask(admin.peopleAnswer, server, 'people?search=AN')
      return { ...found, people: Object.fromEntries(people.map(({ userId, connections }) => [userId, connections])) }
    }
    await expect.poll(find).toMatchObject({ total: 2, isComplete: true, people: { ann: 2, anton: 1 } })
    await expect
      .poll(() => ask(admin.peopleAnswer, server, 'people?search=an&limit=1'))
      .toMatchObject({ people: [{}], total: 2 })
  }
})

test('adds up what went wrong on all nodes', async () => {
  const refusals = async (server: TestServer): Promise<number> => {
    const { errors } = await ask(admin.overviewAnswer, server, 'overview')
    return errors.find(({ wire, code }) => wire === 'rest' && code === 'ROOM_NOT_FOUND')?.count ?? 0
  }
  for (const server of [one, one, other]) await fetch(`${server.url}/api/rooms/000000000000`)
  await expect.poll(() => refusals(one)).toBe(3)
  await expect.poll(() => refusals(other)).toBe(3)
})

test('sets the log level of all nodes', async () => {
  const set = (level: string) => ask(admin.logLevelAnswer, one, 'log-level', { level })
  await expect.poll(() => set('debug')).toEqual({ level: 'debug', isComplete: true })
  expect(await ask(admin.overviewAnswer, other, 'overview')).toMatchObject({ logLevel: 'debug' })
  await set('info')
  expect(await ask(admin.overviewAnswer, other, 'overview')).toMatchObject({ logLevel: 'info' })
})

test('says that it knows of one node alone while the others can not be asked', async () => {
  await redis.kill()
  const seen = await ask(admin.overviewAnswer, one, 'overview')
  expect(seen).toMatchObject({ isComplete: false, nodes: [{ isThis: true }] })
  expect(await ask(admin.peopleAnswer, one, 'people?search=anton')).toMatchObject({ total: 0, isComplete: false })
  await redis.start()
  await expect
    .poll(() => ask(admin.peopleAnswer, one, 'people?search=anton'))
    .toMatchObject({ total: 1, isComplete: true })
})
