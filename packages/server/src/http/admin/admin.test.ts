import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { admin, ERROR_STATUS } from '@parley/protocol'
import { startServer, type TestServer } from '@parley/testkit'
import { signSiteToken } from '@parley/testkit/sign-site-token'
import { io, type Socket } from 'socket.io-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { COMMON_ERRORS } from '../rest/rest-handler.ts'
import { ADMIN_HANDLERS } from './admin-handlers.ts'

const TOKEN = 'kRt0Wm2sYv8Lq4Zp7Nc1Xb6Jh3Gf9Da5'
const SECRET = 'a secret for the site and its server, of some length'

let server: TestServer
let directory = ''
let drained = 0
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'parley-admin-'))
  await mkdir(join(directory, 'assets'))
  await writeFile(join(directory, 'index.html'), '<!doctype html><title>Operator</title>')
  await writeFile(join(directory, 'assets/page-abc.js'), 'export {}')
  server = await startServer(
    { adminToken: TOKEN, jwtSecrets: [SECRET] },
    {
      adminDirectory: directory,
      drain() {
        drained += 1
      },
    },
  )
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await rm(directory, { recursive: true })
})

const ask = (path: string, method = 'GET', body?: object, token = TOKEN): Promise<Response> =>
  fetch(server.url + path, {
    method,
    headers: { Authorization: `Bearer ${token}`, ...(body && { 'Content-Type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })

async function ok<S extends z.ZodType>(schema: S, answer: Promise<Response>): Promise<z.infer<S>> {
  const response = await answer
  expect(response.status).toBe(200)
  return schema.parse(await response.json())
}

const codeOf = async (answer: Promise<Response>): Promise<unknown> =>
  ((await (await answer).json()) as { code: string }).code

interface Opened {
  readonly roomId: string
  readonly token: string
  readonly room: { readonly hostId: string }
}

async function post(path: string, body: object): Promise<Opened> {
  const headers = { 'Content-Type': 'application/json' }
  return (
    await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
  ).json() as Promise<Opened>
}

const openRoom = (name = 'Tea', more: object = {}): Promise<Opened> =>
  post('/api/create-room', { name, hostName: 'Ann', duration: 15, ...more })

/** A socket that is in the chat, and what it was told. */
async function enter(
  token: string,
  chatId: string,
): Promise<{ socket: Socket; told: string[]; heard: [string, unknown][] }> {
  const socket = io(server.url, { auth: { token }, transports: ['websocket'], reconnection: false, forceNew: true })
  const told: string[] = []
  const heard: [string, unknown][] = []
  socket.onAny((event: string, data: unknown) => {
    told.push(event)
    heard.push([event, data])
  })
  await new Promise((resolve) => socket.once('connected', resolve))
  expect(await socket.emitWithAck('chat:join', { chatId })).toMatchObject({ ok: true })
  return { socket, told, heard }
}

describe('without ADMIN_TOKEN', () => {
  test('there is no such page and no such call', async () => {
    await using plain = await startServer()
    const as: Record<string, string>[] = [{}, { Authorization: `Bearer ${TOKEN}` }, { Accept: 'text/html' }]
    for (const path of ['/admin', '/admin/', '/admin/assets/page-abc.js', '/api/admin/overview', '/api/admin/rooms']) {
      for (const headers of as) expect([path, (await fetch(plain.url + path, { headers })).status]).toEqual([path, 404])
    }
  })
})

describe('the door', () => {
  test('every call is refused without the token, with another, and with that of a user', async () => {
    for (const { method, url } of ADMIN_HANDLERS) {
      const path = url.replace(/:\w+/g, 'x')
      const answer = await fetch(server.url + path, { method })
      expect([url, answer.status]).toEqual([url, 401])
    }
    expect(await codeOf(ask('/api/admin/overview', 'GET', undefined, signSiteToken(SECRET, 'ann')))).toBe(
      'UNAUTHENTICATED',
    )
    expect(await codeOf(ask('/api/admin/overview', 'GET', undefined, `${TOKEN}x`))).toBe('UNAUTHENTICATED')
    // It is for calls of the operator and no others.
    expect((await ask('/api/conversations')).status).toBe(401)
    expect((await fetch(`${server.url}/api/admin/overview?token=${TOKEN}`)).status).toBe(401)
  })

  test('guessing is written down and throttled by address, the right token too then', async () => {
    await using guarded = await startServer({ adminToken: TOKEN })
    const call = (token: string) =>
      fetch(`${guarded.url}/api/admin/overview`, { headers: { Authorization: `Bearer ${token}` } })
    expect((await call(TOKEN)).status).toBe(200)
    const statuses: number[] = []
    for (let n = 0; n < 7; n += 1) statuses.push((await call(`guess-${n}`)).status)
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429])
    const refused = await call(TOKEN)
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(guarded.log()).toContain('admin token refused')
    expect(guarded.log()).not.toContain('guess-1')
    expect(guarded.log()).not.toContain(TOKEN)
  })

  test('signing in is written down', async () => {
    expect((await ask('/api/admin/sign-in', 'POST', {})).status).toBe(204)
    expect(server.log()).toContain('admin signed in')
  })

  test('what is none of its calls is told so', async () => {
    expect((await ask('/api/admin/nothing')).status).toBe(404)
    expect((await ask('/api/admin/nothing', 'GET', undefined, 'x')).status).toBe(401)
  })
})

test('the page comes with the headers of all pages, and holds nothing', async () => {
  const page = await fetch(`${server.url}/admin`)
  expect(page.status).toBe(200)
  expect(await page.text()).toContain('<title>Operator</title>')
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self'")
  expect(page.headers.get('cache-control')).toBe('no-cache')
  expect(page.headers.get('x-robots-tag')).toContain('noindex')
  const asset = await fetch(`${server.url}/admin/assets/page-abc.js`)
  expect([asset.status, asset.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable'])
})

describe('what the operator sees', () => {
  test('is how the server does', async () => {
    await openRoom()
    const seen = await ok(admin.overviewAnswer, ask('/api/admin/overview'))
    expect(seen).toMatchObject({
      isComplete: true,
      nodes: server.nodeUrls.map(() => ({ isDraining: false, version: expect.stringMatching(/^\d+\.\d+\.\d+/) })),
      dependencies: expect.arrayContaining([expect.objectContaining({ name: 'database', works: true })]),
      media: 'mesh',
      logLevel: 'info',
    })
    expect(seen.nodes.filter(({ isThis }) => isThis)).toHaveLength(1)
    expect(seen.rooms?.open).toBeGreaterThan(0)
    await expect
      .poll(async () => (await ok(admin.overviewAnswer, ask('/api/admin/overview'))).samples.length)
      .toBeGreaterThan(0)
    const latest = await ok(admin.overviewAnswer, ask(`/api/admin/overview?since=${Date.now() + 3_600_000}`))
    expect(latest.samples).toEqual([])
  })

  test('is that one process keeps rooms in memory, and the rest in a file', async () => {
    const seen = await ok(admin.overviewAnswer, ask('/api/admin/overview'))
    expect(seen).toMatchObject({ storage: 'memory', database: 'sqlite', dependencies: [{ name: 'database' }] })
  })

  test('is every room and who is in it, and nothing that was said', async () => {
    const { roomId, token, room } = await openRoom('Secret plans', { password: 'hush' })
    const { socket } = await enter(token, roomId)
    await socket.emitWithAck('message:new', { chatId: roomId, encryptedContent: 'the words' })
    const pages: z.infer<typeof admin.roomsAnswer>[] = []
    let next: string | undefined = ''
    while (next !== undefined) {
      const page: z.infer<typeof admin.roomsAnswer> = await ok(
        admin.roomsAnswer,
        ask(`/api/admin/rooms?limit=1${next && `&cursor=${next}`}`),
      )
      pages.push(page)
      next = page.next
    }
    const listed = pages.flatMap(({ rooms }) => rooms)
    expect(listed.filter(({ id }) => id === roomId)).toMatchObject([
      { name: 'Secret plans', people: 1, hasPassword: true },
    ])
    // As people type it.
    const typed = `${roomId.slice(0, 4)}-${roomId.slice(4)}`.toUpperCase()
    const details = await ok(admin.roomAnswer, ask(`/api/admin/rooms/${typed}`))
    expect(details.people).toMatchObject([
      { userId: room.hostId, name: 'Ann', role: 'host', isOnline: true, isInVoice: false },
    ])
    expect(JSON.stringify([pages, details])).not.toMatch(/the words|hush|argon2/)
    const people = await ok(admin.peopleAnswer, ask('/api/admin/people?search=ANN'))
    expect(people.people).toContainEqual(
      expect.objectContaining({ userId: room.hostId, isGuest: true, wires: ['messenger'] }),
    )
    expect((await ok(admin.peopleAnswer, ask('/api/admin/people?search=nobody'))).total).toBe(0)
    socket.close()
  })

  test('what is not there is told so', async () => {
    expect(await codeOf(ask('/api/admin/rooms/nowhere'))).toBe('ROOM_NOT_FOUND')
    expect(await codeOf(ask('/api/admin/rooms/nowhere', 'DELETE'))).toBe('ROOM_NOT_FOUND')
    expect(await codeOf(ask('/api/admin/rooms?limit=0'))).toBe('VALIDATION_FAILED')
    const { roomId } = await openRoom()
    expect(await codeOf(ask(`/api/admin/rooms/${roomId}/people/nobody`, 'DELETE'))).toBe('USER_NOT_FOUND')
  })
})

describe('what the operator does', () => {
  test('closing a room tells those in it, and is written down', async () => {
    const { roomId, token } = await openRoom()
    const { socket, told, heard } = await enter(token, roomId)
    expect((await ask(`/api/admin/rooms/${roomId}`, 'DELETE')).status).toBe(204)
    await expect.poll(() => told).toContain('chat:expired')
    expect(heard).toContainEqual(['chat:expired', { chatId: roomId, endedBy: 'operator' }])
    expect((await fetch(`${server.url}/api/rooms/${roomId}`)).status).toBe(404)
    expect(server.log()).toContain(`closed room ${roomId}`)
    socket.close()
  })

  test('removing somebody, for good or not', async () => {
    const { roomId, token, room } = await openRoom()
    const { socket, told } = await enter(token, roomId)
    expect((await ask(`/api/admin/rooms/${roomId}/people/${room.hostId}?ban=true`, 'DELETE')).status).toBe(204)
    await expect.poll(() => told).toContain('room:kicked')
    expect(await socket.emitWithAck('chat:join', { chatId: roomId })).toMatchObject({ error: { code: 'KICKED' } })
    socket.close()
  })

  test('signing somebody out ends their connections and takes back their tokens', async () => {
    const { roomId, token, room } = await openRoom()
    const { socket } = await enter(token, roomId)
    const gone = new Promise((resolve) => socket.once('disconnect', resolve))
    expect((await ask(`/api/admin/users/${room.hostId}/sign-out`, 'POST', {})).status).toBe(204)
    await gone
    const again = await fetch(`${server.url}/api/refresh`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}` },
    })
    expect(again.status).toBe(401)
  })

  test('draining a node, and none that is not there', async () => {
    const { nodes } = await ok(admin.overviewAnswer, ask('/api/admin/overview'))
    expect(await codeOf(ask('/api/admin/nodes/nowhere/drain', 'POST', {}))).toBe('CONFLICT')
    expect(drained).toBe(0)
    expect((await ask(`/api/admin/nodes/${nodes[0]?.id}/drain`, 'POST', {})).status).toBe(204)
    await expect.poll(() => drained).toBe(1)
  })

  test('changing the log level, for as long as the process runs', async () => {
    await ask('/api/admin/log-level', 'PUT', { level: 'debug' })
    await fetch(`${server.url}/api/rooms/000000000000`)
    await expect.poll(() => server.log()).toContain('/api/rooms/:roomId')
    expect(await ok(admin.logLevelAnswer, ask('/api/admin/log-level', 'PUT', { level: 'info' }))).toEqual({
      level: 'info',
      isComplete: true,
    })
    expect(await codeOf(ask('/api/admin/log-level', 'PUT', { level: 'loud' }))).toBe('VALIDATION_FAILED')
  })
})

test('the reference has every call, who may make it, and what it may answer', async () => {
  const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
    paths: Record<
      string,
      Record<string, { operationId: string; security: object[]; responses: Record<string, { description: string }> }>
    >
  }
  for (const { name, method, url, status, errors } of ADMIN_HANDLERS) {
    const call = document.paths[url.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]
    expect(call).toMatchObject({ operationId: name, security: [{ adminToken: [] }] })
    expect(call?.responses[status]).toBeDefined()
    for (const code of [...COMMON_ERRORS, ...errors]) {
      expect(call?.responses[ERROR_STATUS[code]]?.description, `${name} ${code}`).toContain(`\`${code}\``)
    }
  }
})
