import { readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ConversationId, MediaEvent, MediaPlane, MediaSignal, SessionId } from '@parley/core'
import { rooms } from '@parley/protocol'
import { startServer, type TestServer } from '@parley/testkit'
import { io, type Socket } from 'socket.io-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tonesIn } from './janus/recording/recording-fixture.ts'
import { createVoiceLine } from './janus/voice-peer-fixture.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer({ media: 'janus', recording: true, rateLimits: 'off' })
})
afterAll(() => server[Symbol.asyncDispose]())

async function rest<T>(path: string, token: string | null, body?: object): Promise<T> {
  const response = await fetch(server.url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      'Content-Type': 'application/json',
      ...(token !== null && { Authorization: `Bearer ${token}` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return (await response.json()) as T
}

/** A media plane as peers see it, over the socket of one person in the room. */
function planeOver(socket: Socket, chatId: string) {
  const ask = async (event: string, data: object) => {
    const answer = (await socket.timeout(5000).emitWithAck(event, { chatId, ...data })) as {
      ok: boolean
      error?: object
    }
    if (!answer.ok) throw Object.assign(new Error(`${event} failed`), answer.error)
    return answer
  }
  let hear: (event: MediaEvent) => void = () => undefined
  const [conversationId, sessionId] = [chatId as ConversationId, 'own' as SessionId]
  socket.on('voice:signal', (signal: MediaSignal) =>
    hear({ type: 'signal', conversationId, sessionId, from: null, signal }),
  )
  socket.on('voice:moved', () => hear({ type: 'moved', conversationId }))
  const plane = {
    topology: 'sfu',
    join: async () => void (await ask('voice:join', {})),
    leave: async () => void (await ask('voice:leave', {})),
    signal: async (_seat: unknown, signal: MediaSignal) => void (await ask('voice:signal', signal)),
    onEvent(listener: (event: MediaEvent) => void) {
      hear = listener
    },
  } as unknown as MediaPlane
  return { ask, plane }
}

async function person(token: string, roomId: string, name: string) {
  const socket = io(server.url, { auth: { token }, transports: ['websocket'], forceNew: true })
  await new Promise((resolve) => socket.once('connect', () => resolve(null)))
  await socket.timeout(5000).emitWithAck('chat:join', { chatId: roomId })
  const { ask, plane } = planeOver(socket, roomId)
  const line = createVoiceLine(plane)
  const voice = line.peer(name, { conversation: roomId, session: 'own' })
  return {
    ask,
    voice,
    close() {
      line[Symbol.dispose]()
      socket.disconnect()
    },
  }
}

/** Two in a new room who talk and hear each other. */
async function twoWhoTalk() {
  const room = { name: 'Tea', hostName: 'Ann', duration: 15, maxParticipants: 5 }
  const { roomId, token } = await rest<rooms.CreateRoomAnswer>('/api/create-room', null, room)
  const guest = await rest<rooms.JoinRoomAnswer>('/api/join-room', null, { roomId, participantName: 'Bob' })
  const ann = await person(token, roomId, 'ann')
  const bob = await person(guest.token, roomId, 'bob')
  await ann.voice.join()
  await ann.voice.say(440)
  await bob.voice.join()
  await bob.voice.say(660)
  const idOf = (one: string) => JSON.parse(Buffer.from(one.split('.')[1] ?? '', 'base64url').toString()).sub
  async function hearEachOther(): Promise<void> {
    await expect.poll(() => bob.voice.hearing()).toEqual({ [idOf(token)]: 440 })
    await expect.poll(() => ann.voice.hearing()).toEqual({ [idOf(guest.token)]: 660 })
  }
  await hearEachOther()
  return { roomId, token, ann, bob, hearEachOther }
}

/** Those that this process started. */
function janusProcesses(): readonly number[] {
  const children = readdirSync('/proc/self/task').flatMap((thread) =>
    readFileSync(`/proc/self/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  )
  return children.filter((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'janus')
}

test('people who talk hear each other again by themselves when the media server was killed', async () => {
  const { ann, bob, hearEachOther } = await twoWhoTalk()
  const killed = janusProcesses()
  expect(killed).toHaveLength(1)
  for (const pid of killed) process.kill(pid, 'SIGKILL')
  await expect.poll(() => ann.voice.hearing()).toEqual({})
  await hearEachOther()
  expect(janusProcesses()).not.toEqual(killed)
  ann.close()
  bob.close()
})

test('the host downloads what was recorded', async () => {
  const { roomId, token, ann, bob } = await twoWhoTalk()
  const list = async () => {
    const answer = await rest<rooms.RecordingsAnswer>(`/api/rooms/${roomId}/recordings`, token)
    return rooms.recordingsAnswer.strict().parse(answer).recordings
  }
  await ann.ask('room:record', { on: true })
  await expect.poll(async () => (await list()).map(({ state }) => state)).toEqual(['recording', 'recording'])
  const until = Date.now() + 700
  await expect.poll(() => Date.now()).toBeGreaterThan(until)
  await ann.ask('room:record', { on: false })
  await expect.poll(async () => (await list()).map(({ state }) => state)).toEqual(['ready', 'ready'])

  for (const [name, tone] of [
    ['Ann', 440],
    ['Bob', 660],
  ] as const) {
    const file = (await list()).find((one) => one.name === name)
    const path = `/api/rooms/${roomId}/recordings/${file?.id}`
    const response = await fetch(server.url + path, { headers: { Authorization: `Bearer ${token}` } })
    expect(response.headers.get('content-type')).toBe('audio/webm')
    expect(response.headers.get('content-disposition')).toMatch(new RegExp(`^attachment; filename=".*${name}\\.webm"`))
    const bytes = Buffer.from(await response.arrayBuffer())
    expect(bytes).toHaveLength(file?.bytes ?? 0)
    const saved = join(server.config.dataDir, `${name}.webm`)
    await writeFile(saved, bytes)
    expect((await tonesIn(saved)).filter((heard) => heard === tone).length).toBeGreaterThanOrEqual(4)
  }
  ann.close()
  bob.close()
})
