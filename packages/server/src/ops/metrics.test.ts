import { once } from 'node:events'
import { METHODS } from 'node:http'
import { DEFAULT_LIMITS } from '@parley/core'
import { ERROR_STATUS } from '@parley/protocol'
import { startServer, type TestServer } from '@parley/testkit'
import { signSiteToken } from '@parley/testkit/sign-site-token'
import { io, type Socket } from 'socket.io-client'
import { beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { commands as messengerCommands } from '../wire/messenger/commands.ts'
import { NO_WIRES } from '../wire/no-wires.ts'
import { commands as roomsCommands } from '../wire/rooms/commands.ts'
import { commands as siteCommands } from '../wire/site/commands.ts'
import { WIRE_NAMES } from '../wire/wires.ts'
import { parseExposition, type Sample } from './exposition-fixture.ts'
import { createMetrics } from './metrics.ts'
import { SECURITY_TYPES } from './security-log.ts'

const SECRET = 'a secret for the site and its server, of some length'
const COMMANDS = [messengerCommands, roomsCommands, siteCommands].flatMap((table) => Object.keys(table))
const UNBOUNDED = { nodejs: /^(nodejs|process)_/, le: /^([\d.e+-]+|\+Inf)$/ }

/** What each label may say. Whoever adds one adds its list here. */
const LABELS: Readonly<Record<string, (value: string) => boolean>> = {
  wire: oneOf(...WIRE_NAMES, 'rest'),
  transport: oneOf('websocket', 'polling'),
  method: oneOf(...METHODS),
  route: (value) =>
    ['none', '/', '/*', '/r/:roomId'].includes(value) || /^\/[a-z-]+(\/[a-z-]+|\/:[a-zA-Z]+|\/\*)*$/.test(value),
  status: (value) => /^[1-5]\d\d$/.test(value),
  command: oneOf(...COMMANDS, 'authenticate'),
  code: oneOf(...Object.keys(ERROR_STATUS)),
  outcome: oneOf('sent', 'duplicate', 'refused', 'failed', 'done', 'recovered', 'snapshot'),
  kind: oneOf('send', 'edit', 'delete', 'react', 'state', 'mention', 'message', 'call', 'event'),
  type: oneOf(...SECURITY_TYPES),
  limit: oneOf(...Object.keys(DEFAULT_LIMITS)),
  direction: oneOf('published', 'received'),
  step: oneOf('started', 'answered', 'rejected', 'ended'),
  dependency: oneOf('database', 'redis', 'janus', 'coturn'),
  service: (value) => /^(coturn|janus(-\d+)?)$/.test(value),
  server: (value) => /^janus(-\d+)?$/.test(value),
  le: (value) => UNBOUNDED.le.test(value),
}

function oneOf(...values: readonly string[]): (value: string) => boolean {
  const known = new Set(values)
  return (value) => known.has(value)
}

describe('after people have done all kinds of things', () => {
  let text = ''
  beforeAll(async () => {
    await using server = await startServer({ jwtSecrets: [SECRET] })
    await liveOnIt(server)
    text = await metricsOf(server)
  })

  test('every metric has a type, a sentence of help, and a name that says what it is', () => {
    const { families } = parseExposition(text)
    for (const [name, { type, help }] of families) {
      expect(help, name).toMatch(/\S.+/)
      expect(type, name).toMatch(/^(counter|gauge|histogram|summary)$/)
      if (UNBOUNDED.nodejs.test(name)) continue
      expect(name).toMatch(/^parley_[a-z_]+$/)
      expect(help, name).toMatch(/^[A-Z].*\.$/)
      expect(name.endsWith('_total'), name).toBe(type === 'counter')
    }
  })

  test('every label says one of a few things', () => {
    for (const { name, labels } of parseExposition(text).samples) {
      if (UNBOUNDED.nodejs.test(name)) continue
      for (const [label, value] of Object.entries(labels)) {
        expect(LABELS[label]?.(value), `${name}{${label}="${value}"}`).toBe(true)
      }
    }
  })

  test('what was done is counted, and how long it took', () => {
    const { samples } = parseExposition(text)
    const sumOf = (name: string, labels: Readonly<Record<string, string>> = {}) =>
      samples
        .filter((sample) => sample.name === name && matches(sample, labels))
        .reduce((sum, { value }) => sum + value, 0)
    expect(sumOf('parley_connections', { wire: 'messenger', transport: 'websocket' })).toBe(1)
    expect(sumOf('parley_connections', { wire: 'messenger', transport: 'polling' })).toBe(1)
    expect(sumOf('parley_connections', { wire: 'rooms', transport: 'websocket' })).toBe(1)
    expect(sumOf('parley_rooms')).toBe(1)
    expect(sumOf('parley_conversations')).toBe(2)
    expect(sumOf('parley_message_send_seconds_count', { outcome: 'sent' })).toBe(3)
    expect(sumOf('parley_append_seconds_count', { kind: 'send', outcome: 'done' })).toBe(3)
    expect(sumOf('parley_append_seconds_count', { kind: 'state' })).toBeGreaterThan(0)
    expect(sumOf('parley_delivery_seconds_count')).toBeGreaterThanOrEqual(3)
    expect(sumOf('parley_command_seconds_count', { wire: 'messenger', command: 'message:new' })).toBe(2)
    expect(sumOf('parley_command_seconds_count', { wire: 'rooms', command: 'join_room' })).toBe(1)
    expect(sumOf('parley_errors_total', { wire: 'messenger', code: 'VALIDATION_FAILED' })).toBe(1)
    expect(sumOf('parley_errors_total', { wire: 'rest', code: 'ROOM_NOT_FOUND' })).toBe(1)
    expect(sumOf('parley_returns_total', { outcome: 'recovered' })).toBe(1)
    expect(sumOf('parley_rate_limited_total', { limit: 'roomGuess' })).toBe(0)
    expect(sumOf('parley_security_events_total', { type: 'token-refused' })).toBe(1)
    expect(sumOf('parley_bus_events_total', { direction: 'published' })).toBeGreaterThan(3)
    expect(sumOf('parley_dependency_up', { dependency: 'database' })).toBe(1)
    expect(sumOf('parley_ready')).toBe(1)
  })

  const matches = ({ labels }: Sample, wanted: Readonly<Record<string, string>>): boolean =>
    Object.entries(wanted).every(([name, value]) => labels[name] === value)
})

test('the first fault is an increase: what alerts are made of is there before it', async () => {
  await using server = await startServer()
  const { samples } = parseExposition(await metricsOf(server))
  const standing = samples.filter(({ value }) => value === 0).map(({ name, labels }) => [name, labels])
  expect(standing).toContainEqual(['parley_errors_total', { wire: 'messenger', code: 'INTERNAL' }])
  expect(standing).toContainEqual(['parley_security_events_total', { type: 'admin-token-refused' }])
  expect(standing).toContainEqual(['parley_message_send_seconds_count', { outcome: 'failed' }])
})

test('ready is what /readyz calls so: not without what it needs, and without what it can do without', async () => {
  const ready = async (isReady: boolean, away: readonly string[]): Promise<number | undefined> => {
    const check = (name: string) => async () => {
      if (away.includes(name)) throw new Error('away')
    }
    const metrics = createMetrics()
    metrics.readFrom({
      wires: () => NO_WIRES.stats(),
      conversations: async () => ({ conversations: 0, members: 0 }),
      rooms: async () => ({ conversations: 0, members: 0 }),
      waitingPolls: () => 0,
      isReady: () => isReady,
      services: [],
      checks: [
        { name: 'redis', check: check('redis') },
        { name: 'coturn', check: check('coturn'), isOptional: true },
      ],
      mediaServers: () => [],
      busStats: () => null,
    })
    const { samples } = parseExposition(await metrics.text())
    return samples.find(({ name }) => name === 'parley_ready')?.value
  }
  expect(await ready(true, [])).toBe(1)
  expect(await ready(true, ['coturn'])).toBe(1)
  expect(await ready(true, ['redis'])).toBe(0)
  expect(await ready(false, [])).toBe(0)
})

test('the metrics are there while what they count can not be asked', async () => {
  const away = () => Promise.reject(new Error('away'))
  const metrics = createMetrics()
  metrics.readFrom({
    wires: () => NO_WIRES.stats(),
    conversations: away,
    rooms: async () => ({ conversations: 3, members: 4 }),
    waitingPolls: () => 0,
    isReady: () => false,
    services: [{ name: 'janus', state: () => 'down', restarts: () => 2 }],
    checks: [{ name: 'database', check: away }],
    mediaServers: () => [{ name: 'janus', isUp: true, rooms: 2, people: 5, legs: 10 }],
    busStats: () => ({ received: 8, refused: 1 }),
  })
  const { samples } = parseExposition(await metrics.text())
  const valuesOf = (wanted: string) => samples.filter(({ name }) => name === wanted).map(({ value }) => value)
  expect(valuesOf('parley_conversations')).toEqual([])
  expect(valuesOf('parley_rooms')).toEqual([3])
  expect(valuesOf('parley_dependency_up')).toEqual([0])
  expect(valuesOf('parley_ready')).toEqual([0])
  expect(valuesOf('parley_service_up')).toEqual([0])
  expect(valuesOf('parley_service_restarts_total')).toEqual([2])
  expect(valuesOf('parley_janus_legs')).toEqual([10])
  expect(valuesOf('parley_bus_from_nodes_total')).toEqual([8])
  expect(valuesOf('parley_bus_refused_total')).toEqual([1])
})

/** The parts of answers that are needed here. */
interface Answers {
  readonly conversation: { readonly id: string }
  readonly token: string
  readonly roomId: string
}

/** Each node tells of itself, so what is done and what is read is at one. */
const nodeOf = ({ nodeUrls: [url = ''] }: TestServer): string => url

const metricsOf = async (server: TestServer): Promise<string> => (await fetch(`${nodeOf(server)}/metrics`)).text()

/** Two people in a chat, one of them by polling, one who comes back; a third in a room on a raw socket; and some mistakes. */
async function liveOnIt(server: TestServer): Promise<void> {
  const url = nodeOf(server)
  const call = async (path: string, body: object, headers: Record<string, string> = {}) => {
    const asked = {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(body),
    }
    return (await (await fetch(url + path, asked)).json()) as Answers
  }
  const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })
  await fetch(`${url}/api/rooms/000000000000`)
  await call('/api/refresh', {}, bearer('x'))
  const ann = signSiteToken(SECRET, 'ann')
  const { conversation } = await call(
    '/api/conversations',
    { kind: 'group', name: 'Tea', members: [{ userId: 'bob' }] },
    bearer(ann),
  )
  const { id } = conversation
  const annSocket = await connected(url, ann, ['websocket'])
  const bobSocket = await connected(url, signSiteToken(SECRET, 'bob'), ['polling'])
  const joined = await annSocket.emitWithAck('chat:join', { chatId: id })
  await bobSocket.emitWithAck('chat:join', { chatId: id })
  await annSocket.emitWithAck('message:new', { chatId: id, encryptedContent: 'Hello', tempId: 't1' })
  await annSocket.emitWithAck('message:new', { chatId: id })
  await call(`/api/conversations/${id}/messages`, { text: 'By REST', messageId: 'm1' }, bearer(ann))
  await annSocket.emitWithAck('chat:leave', { chatId: id })
  await annSocket.emitWithAck('chat:join', { chatId: id, since: { epoch: joined.epoch, rev: joined.rev } })

  const { token, roomId } = await call('/api/create-room', { name: 'Room', hostName: 'Carl', duration: 15 })
  const raw = new WebSocket(`${url.replace('http', 'ws')}/ws`, ['parley.v1', `bearer.${token}`])
  await once(raw, 'open')
  for (const frame of [
    { type: 'join_room', roomId, ref: 'in' },
    { type: 'send_message', text: 'Hi', ref: 'said' },
    { type: 'ping', ref: 'last' },
  ]) {
    const answered = new Promise<void>((resolve) => {
      raw.on('message', (data) => {
        if (JSON.parse(String(data)).ref === frame.ref) resolve()
      })
    })
    raw.send(JSON.stringify(frame))
    await answered
  }
}

async function connected(url: string, token: string, transports: string[]): Promise<Socket> {
  const socket = io(url, { auth: { token }, transports, reconnection: false, forceNew: true })
  await new Promise<void>((resolve, reject) => {
    socket.once('connected', () => resolve())
    socket.once('connect_error', reject)
  })
  return socket
}
