import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SpawnError, type SpawnedServer, spawnServer } from '@parley/testkit'
import { findFreePort, type RedisServer, startRedis } from '@parley/testkit/services'
import { signSiteToken } from '@parley/testkit/sign-site-token'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type MessengerClient, openMessengerClient } from '../clients/messenger-client.ts'
import type { Transport } from '../clients/wire-socket.ts'
import { createGroups } from './site-chats.ts'

const SECRET = 'a secret that the workers and the site have in common'
const PEOPLE = Array.from({ length: 8 }, (_, at) => `person-${at + 1}`)
const WORKERS = ['1', '2']

let redis: RedisServer
let server: SpawnedServer
let chatId: string
const tokenOf = (userId: string): string => signSiteToken(SECRET, userId)

beforeAll(async () => {
  redis = await startRedis({ isDurable: false })
  const settings = {
    JWT_SECRET: SECRET,
    RATE_LIMITS: 'off',
    MEDIA: 'janus',
    TURN: 'auto',
    TURN_PORT: String(await findFreePort()),
  }
  server = await spawnServer({ REDIS_URL: redis.url, WORKERS: '2', ...settings })
  const [first = ''] = await createGroups(server.url, tokenOf('person-1'), PEOPLE, 1)
  chatId = first
})

afterAll(async () => {
  await server.stop()
  await redis[Symbol.asyncDispose]()
})

/** Processes that the first one has started, whose command line says this. */
function childrenWith(word: string): number[] {
  const children = readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8').trim().split(' ')
  return children.filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(word)).map(Number)
}

const workerPids = (): number[] => childrenWith('main.ts')

async function metrics(): Promise<string> {
  return (await fetch(`${server.url}/metrics`)).text()
}

/** What each worker has of it, by worker. */
async function measured(name: string): Promise<Map<string, number>> {
  const lines = [...(await metrics()).matchAll(new RegExp(`^${name}\\{[^}]*worker="(\\d+)"[^}]*\\} (\\S+)$`, 'gm'))]
  const byWorker = new Map<string, number>()
  for (const [, worker = '', value] of lines) byWorker.set(worker, (byWorker.get(worker) ?? 0) + Number(value))
  return byWorker
}

/** All of them in the chat, by one way of transport each. */
async function gather(transports: readonly Transport[]): Promise<MessengerClient[]> {
  const clients = await Promise.all(
    PEOPLE.map((userId, at) =>
      openMessengerClient(server.url, tokenOf(userId), transports[at % transports.length] ?? 'websocket'),
    ),
  )
  for (const client of clients) await client.ask('chat:join', { chatId })
  return clients
}

test('the start line says how many there are', () => {
  expect(server.output()).toMatch(/Parley is ready at http:\S+ with 2 workers/)
  expect(server.output().match(/is ready at/g)).toHaveLength(1)
  expect(server.output()).toContain('WORKERS share one SQLite file')
  expect(workerPids()).toHaveLength(2)
})

test('people hear each other whichever worker they are on, by every transport, without sticky sessions', async () => {
  const clients = await gather(['websocket', 'polling', 'upgrading'])
  const connected = await measured('parley_connections')
  expect([...connected.keys()].sort()).toEqual(WORKERS)
  for (const count of connected.values()) expect(count).toBeGreaterThan(0)
  for (const [at, sender] of clients.entries()) {
    await sender.ask('message:new', { chatId, encryptedContent: `from ${at}`, messageType: 'text', tempId: `t-${at}` })
  }
  for (const [own, client] of clients.entries()) {
    await client.next('message:new', ({ encryptedContent }) => encryptedContent === `from ${own === 7 ? 6 : 7}`)
    const told = client.received.flatMap(({ event, data }) => (event === 'message:new' ? [data.encryptedContent] : []))
    expect(told).toEqual(clients.flatMap((_, at) => (at === own ? [] : [`from ${at}`])))
  }
  for (const client of clients) client[Symbol.dispose]()
})

test('all of them use the one Janus that is started for the machine', async () => {
  const [janus = 0, ...others] = childrenWith('janus')
  expect(others).toEqual([])
  for (const worker of workerPids()) {
    const children = readFileSync(`/proc/${worker}/task/${worker}/children`, 'utf8')
    expect(children.trim()).toBe('')
  }
  const people = await Promise.all(PEOPLE.slice(0, 4).map((userId) => openMessengerClient(server.url, tokenOf(userId))))
  for (const person of people) {
    await person.ask('chat:join', { chatId })
    expect(await person.ask('voice:join', { chatId, listenOnly: true })).toMatchObject({ topology: 'sfu' })
  }
  expect(childrenWith('janus')).toEqual([janus])
  for (const person of people) person[Symbol.dispose]()
})

test('one scrape tells of all workers, as Prometheus reads it', async () => {
  const text = await metrics()
  const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)
  expect(new Set(names).size).toBe(names.length)
  for (const name of ['parley_ready', 'parley_started_seconds', 'process_resident_memory_bytes']) {
    expect([...(await measured(name)).keys()].sort()).toEqual(WORKERS)
  }
})

test('every worker tells of the Janus and the coturn that run for all of them, and how often they came back', async () => {
  const services = async () => ((await (await fetch(`${server.url}/health`)).json()) as { services: object }).services
  expect(await services()).toEqual({ janus: 'up', coturn: 'up' })
  const told = (await metrics()).match(/^parley_service_up\{.*\} 1$/gm) ?? []
  expect(told.flatMap((line) => line.match(/service="\w+"/) ?? []).sort()).toEqual(
    ['coturn', 'coturn', 'janus', 'janus'].map((name) => `service="${name}"`),
  )
  for (const pid of [...childrenWith('janus'), ...childrenWith('turnserver')]) process.kill(pid, 'SIGKILL')
  const cameBack = async () => (await metrics()).match(/^parley_service_restarts_total\{.*\} 1$/gm)
  await expect.poll(cameBack, { timeout: 15_000 }).toHaveLength(4)
  await expect.poll(services, { timeout: 15_000 }).toEqual({ janus: 'up', coturn: 'up' })
})

test('one that is killed is started again, and the others go on', async () => {
  const clients = await gather(['websocket'])
  const pids = workerPids()
  process.kill(pids[0] ?? 0, 'SIGKILL')
  const ended = await Promise.race(clients.map((client) => client.ended))
  expect(ended).toBe('transport close')
  // A connection that is kept from before may be one of the dead worker's.
  await expect.poll(async () => (await fetch(`${server.url}/readyz`)).status).toBe(200)
  await expect.poll(() => server.output()).toContain('a worker serves again')
  expect(server.output()).toContain('a worker ended; it is started again')
  const after = workerPids()
  expect(after).toHaveLength(2)
  expect(after).toContain(pids[1])
  for (const client of clients) client[Symbol.dispose]()
})

test('SIGTERM sends everybody elsewhere and ends all of them', async () => {
  const own = await spawnServer({ REDIS_URL: redis.url, WORKERS: '2', JWT_SECRET: SECRET }).catch((error) => error)
  // Another database on the same Redis: said once, by the first worker.
  expect(own).toBeInstanceOf(SpawnError)
  expect((own as SpawnError).exitCode).toBe(1)
  expect((own as SpawnError).output).toContain('another database')
  const client = await openMessengerClient(server.url, tokenOf('person-1'))
  const pids = workerPids()
  const stopped = server.stop()
  await client.next('server:draining')
  await client.ended
  expect(await stopped).toBe(0)
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow()
})

test('what keeps them from serving is said once', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as AddressInfo
  await redis.kill()
  await redis.start()
  const failures = await Promise.all(
    [{ WORKERS: '2' }, { WORKERS: '2', REDIS_URL: redis.url, PORT: String(port) }].map((env) =>
      spawnServer(env as Record<string, string>).catch((error: unknown) => error),
    ),
  )
  other.close()
  const [withoutRedis, taken] = failures as SpawnError[]
  expect(withoutRedis?.output).toContain('WORKERS=2 needs REDIS_URL')
  expect(taken?.output.match(/is taken by another program/g)).toHaveLength(1)
  expect(failures.map((error) => (error as SpawnError).exitCode)).toEqual([1, 1])
})
