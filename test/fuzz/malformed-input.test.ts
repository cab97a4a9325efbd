import { setTimeout } from 'node:timers/promises'
import { ERROR_STATUS, messenger, rooms } from '@parley/protocol'
import { startServer, type TestServer } from '@parley/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type MessengerClient, openMessengerClient } from '../clients/messenger-client.ts'
import { createRestClient } from '../clients/rest-client.ts'
import { openRoomsClient, type RoomsClient } from '../clients/rooms-client.ts'
import { chooseSeed, createRandom } from '../scenarios/random.ts'
import { createNonsense, type Nonsense } from './nonsense.ts'
import { openRawLine, type RawLine } from './raw-line.ts'

const seed = chooseSeed()
const SOCKET_ROUNDS = 1500
const REST_ROUNDS = 400
/** Event names that mean something to Socket.IO or to JavaScript. */
const RESERVED_EVENTS = [
  'connect',
  'connect_error',
  'disconnect',
  'disconnecting',
  'newListener',
  'removeListener',
  'error',
  'connected',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'toString',
  '',
]

let server: TestServer
let nonsense: Nonsense
let roomId: string
/** Of somebody who does as they please. */
let token: string
let honest: { readonly host: RoomsClient; readonly member: MessengerClient }
const strayErrors: unknown[] = []
const keepStray = (error: unknown): void => void strayErrors.push(error)

beforeAll(async () => {
  process.on('unhandledRejection', keepStray)
  process.on('uncaughtException', keepStray)
  server = await startServer({ rateLimits: 'off' })
  const rest = createRestClient(server.url)
  const created = await rest.createRoom({ maxParticipants: 50 })
  roomId = created.roomId
  token = (await rest.joinRoom(roomId, 'Eve')).token
  const host = await openRoomsClient(server.url, created.token)
  await host.ask('join_room', { roomId })
  const member = await openMessengerClient(server.url, (await rest.joinRoom(roomId, 'Mia')).token)
  await member.ask('chat:join', { chatId: roomId })
  honest = { host, member }
})
beforeEach(() => {
  nonsense = createNonsense(createRandom(seed))
})
afterAll(async () => {
  honest.host[Symbol.dispose]()
  honest.member[Symbol.dispose]()
  await server[Symbol.asyncDispose]()
  process.off('unhandledRejection', keepStray)
  process.off('uncaughtException', keepStray)
})

/** Honest people are served as ever, and the server has nothing to complain of but its clients. */
async function expectNoHarm(): Promise<void> {
  const text = `all is well ${nonsense.random()}`
  await honest.host.ask('send_message', { text })
  await honest.member.next('message:new', ({ encryptedContent }) => encryptedContent === text)
  expect(strayErrors).toEqual([])
  expect(server.log()).not.toMatch(/failed unexpectedly|nobody waits for|INTERNAL/)
}

const bearer = (): string[] => [`Sec-WebSocket-Protocol: parley.v1, bearer.${token}`]

describe(`whatever is sent (SEED=${seed})`, () => {
  it('frames of the rooms wire: each is answered, or ends its own connection', async () => {
    const types = Object.keys(rooms.clientMessages)
    let line: RawLine | null = null
    for (let round = 0; round < SOCKET_ROUNDS; round += 1) {
      if (!line?.isOpen) {
        line?.[Symbol.dispose]()
        line = await openRawLine(server.url, '/ws', bearer())
        if (nonsense.random() < 0.8) line.text(JSON.stringify({ type: 'join_room', roomId, name: 'Eve' }))
      }
      const chance = nonsense.random()
      if (chance < 0.6) line.text(JSON.stringify(nonsense.spoiled(validFrame(nonsense.among(types)))))
      else if (chance < 0.7)
        line.text(nonsense.among([nonsense.deep(), nonsense.text(), JSON.stringify(nonsense.json())]))
      else if (chance < 0.75) line.frame(nonsense.bytes(nonsense.below(200)), { opcode: nonsense.below(16) })
      else if (chance < 0.8) sendInPieces(line)
      else if (chance < 0.83) line.frame(nonsense.bytes(nonsense.below(130)), { opcode: nonsense.among([8, 9, 10]) })
      else if (chance < 0.85) line.frame('{}', { reserved: nonsense.below(8), masked: nonsense.random() < 0.5 })
      else if (chance < 0.87) line.frame('x', { length: nonsense.among([2, 70_000, 2 ** 40]) })
      else if (chance < 0.89) line.frame('y'.repeat(66_000))
      else if (chance < 0.91) line.socket.destroy()
      if (nonsense.random() < 0.2) await setTimeout(1)
      if (round % 100 === 99) await expectNoHarm()
      expect(line.received()).not.toContain('"INTERNAL"')
    }
    line?.[Symbol.dispose]()
    await expectNoHarm()
  })

  function validFrame(type: string): Record<string, unknown> {
    return {
      type,
      ref: 'r',
      roomId,
      name: 'Eve',
      text: 'words',
      clientId: `c${nonsense.below(9)}`,
      messageId: 'm',
      emoji: '👍',
      isTyping: true,
      isLocked: false,
      participantId: 'p',
      role: 'speaker',
      admit: true,
      minutes: 5,
      since: { epoch: 'e', rev: nonsense.below(9) },
    }
  }

  /** One message in many frames, with a ping between them, and perhaps without its end. */
  function sendInPieces(line: RawLine): void {
    const whole = JSON.stringify(validFrame('typing'))
    for (let at = 0; at < whole.length; at += 40) {
      const isLast = at + 40 >= whole.length
      line.frame(whole.slice(at, at + 40), { opcode: at === 0 ? 1 : 0, fin: isLast && nonsense.random() < 0.7 })
      if (nonsense.random() < 0.2) line.frame('', { opcode: 9 })
    }
  }

  it('packets of Socket.IO: each is answered, or ends its own connection', async () => {
    const path = '/socket.io/?EIO=4&transport=websocket'
    const events = [...Object.keys(messenger.clientMessages), ...RESERVED_EVENTS]
    let line: RawLine | null = null
    for (let round = 0; round < SOCKET_ROUNDS; round += 1) {
      if (!line?.isOpen) {
        line?.[Symbol.dispose]()
        line = await openRawLine(server.url, path)
        if (nonsense.random() < 0.9) line.text(`40${JSON.stringify({ token })}`)
        if (nonsense.random() < 0.5) line.text(`420${JSON.stringify(['chat:join', { chatId: roomId }])}`)
      }
      const chance = nonsense.random()
      const ack = nonsense.among(['', '7', '99999999999999999999', '-1'])
      const event = nonsense.random() < 0.9 ? nonsense.among(events) : nonsense.json(1)
      if (chance < 0.6) line.text(`42${ack}${JSON.stringify([event, nonsense.spoiled(validData())])}`)
      else if (chance < 0.7) line.text(`42${ack}${JSON.stringify([event, nonsense.json(), nonsense.json()])}`)
      else if (chance < 0.75) sendAttachments(line, event)
      else if (chance < 0.8)
        line.text(nonsense.among(['40/admin,{}', '42/none,["x"]', '41', '41/none,', '44{}', '430[]']))
      else if (chance < 0.85)
        line.text(nonsense.among(['2', '3', '2probe', '5', '6', '1', '0{}', '4', '42', '42[]', '9']))
      else if (chance < 0.88) line.text(`42["chat:join",${nonsense.deep()}]`)
      else if (chance < 0.91) line.text(nonsense.text())
      else if (chance < 0.93) line.frame(nonsense.bytes(50), { opcode: 2 })
      else if (chance < 0.94) line.text(`42["message:new","${'x'.repeat(1_100_000)}"]`)
      if (nonsense.random() < 0.2) await setTimeout(1)
      if (round % 100 === 99) await expectNoHarm()
      expect(line.received()).not.toContain('"INTERNAL"')
    }
    line?.[Symbol.dispose]()
    await expectNoHarm()
  })

  function validData(): Record<string, unknown> {
    return {
      chatId: roomId,
      chatIds: [roomId, roomId],
      chats: [{ chatId: roomId }],
      encryptedContent: 'words',
      messageType: 'text',
      metadata: { a: [1, { b: null }] },
      tempId: `t${nonsense.below(9)}`,
      messageId: 'm',
      emoji: '👍',
      isLocked: false,
      participantId: 'p',
      role: 'speaker',
      admit: true,
      minutes: 5,
      since: { epoch: 'e', rev: 3 },
      before: 4,
      limit: 10,
    }
  }

  /** Announces binary attachments, and sends as many of them, or other things. */
  function sendAttachments(line: RawLine, event: unknown): void {
    const announced = nonsense.among([0, 1, 2, 1000, 1e9])
    const placeholder = { _placeholder: true, num: nonsense.among([0, 1, -1, 'x', 5000]) }
    line.text(`45${announced}-${JSON.stringify([event, { ...validData(), encryptedContent: placeholder }])}`)
    for (let sent = 0; sent < nonsense.below(4); sent += 1) line.frame(nonsense.bytes(20), { opcode: 2 })
    if (nonsense.random() < 0.5) line.text(`42["chat:leave",{}]`)
  }

  it('requests of long polling: none is a server error', async () => {
    const path = `${server.url}/socket.io/?EIO=4&transport=polling`
    for (let round = 0; round < 40; round += 1) {
      const { sid } = JSON.parse((await (await fetch(path)).text()).slice(1)) as { sid: string }
      const own = `${path}&sid=${sid}`
      const post = (body: BodyInit) => fetch(own, { method: 'POST', body })
      const inUrl = () => encodeURIComponent(nonsense.text().toWellFormed())
      if (nonsense.random() < 0.8) await post(`40${JSON.stringify({ token })}`)
      const answers = await Promise.allSettled([
        post(nonsense.text()),
        post(new Uint8Array(nonsense.bytes(100))),
        post(`42["chat:join",${JSON.stringify(nonsense.json())}]\x1e${nonsense.text()}\x1ebAAAA\x1e41`),
        fetch(own, { method: nonsense.among(['GET', 'PUT', 'DELETE', 'OPTIONS']), signal: AbortSignal.timeout(200) }),
        fetch(`${path}&sid=${inUrl()}`),
        fetch(`${server.url}/socket.io/?EIO=${nonsense.below(9)}&transport=${inUrl()}`),
      ])
      const statuses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value.status] : []))
      expect(statuses.filter((status) => status >= 500)).toEqual([])
    }
    await expectNoHarm()
  })

  it('REST calls: each is answered well, or with a problem that names a known code', async () => {
    const paths = ['/api/login', '/api/create-room', '/api/join-room', '/api/refresh', '/api/nothing']
    for (let round = 0; round < REST_ROUNDS; round += 1) {
      const body = nonsense.among([
        () => JSON.stringify(nonsense.spoiled(validBody())),
        () => JSON.stringify(nonsense.json()),
        () => nonsense.text(),
        () => nonsense.deep().slice(0, 60_000),
        () => 'z'.repeat(nonsense.among([10, 70_000])),
      ])()
      const isRead = nonsense.random() < 0.3
      const id = encodeURIComponent(nonsense.among([roomId, nonsense.text().toWellFormed().slice(0, 100)]))
      const query = `limit=${nonsense.among(['1', '-1', 'x', '1e9', '', '1&limit=2'])}&before=${nonsense.among(['0', 'NaN', '1.5'])}`
      const url = isRead ? `/api/rooms/${id}${nonsense.among(['', `/messages?${query}`])}` : nonsense.among(paths)
      const answer = await fetch(server.url + url, {
        method: isRead ? 'GET' : 'POST',
        headers: {
          'content-type': nonsense.random() < 0.85 ? 'application/json' : nonsense.among(['text/plain', 'x', 'a/b; =']),
          ...nonsense.among([{}, { authorization: `Bearer ${token}` }, { authorization: `Bearer ${token}x` }]),
          ...nonsense.among([{}, { cookie: `parley_token=${token}` }, { cookie: '=;;parley_csrf="' }]),
        },
        ...(isRead ? {} : { body }),
      })
      const given = (await answer.json()) as { code?: keyof typeof ERROR_STATUS; status?: number }
      if (answer.ok) continue
      expect(answer.status, `${url} ${body.slice(0, 200)}`).toBeLessThan(500)
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/)
      expect(given.status).toBe(answer.status)
      expect(Object.keys(ERROR_STATUS)).toContain(given.code)
    }
    await expectNoHarm()
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  function validBody(): Record<string, unknown> {
    return {
      name: 'Eve',
      hostName: 'Eve',
      participantName: `Eve ${nonsense.below(1000)}`,
      roomId,
      duration: 15,
      maxParticipants: 10,
      password: 'sesame',
      lobby: false,
      encrypted: false,
      ['__proto__']: { polluted: true },
    }
  }
})
