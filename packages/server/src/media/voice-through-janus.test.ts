import { readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { rooms } from '@parley/protocol'
import { startServer, type TestServer } from '@parley/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tonesIn } from './janus/recording/recording-fixture.ts'
import { person, rest } from './voice-person-fixture.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer({ media: 'janus', recording: true, rateLimits: 'off' })
})
afterAll(() => server[Symbol.asyncDispose]())

/** Two in a new room who talk and hear each other. */
async function twoWhoTalk() {
  const room = { name: 'Tea', hostName: 'Ann', duration: 15, maxParticipants: 5 }
  const { roomId, token } = await rest<rooms.CreateRoomAnswer>(`${server.url}/api/create-room`, null, room)
  const guest = await rest<rooms.JoinRoomAnswer>(`${server.url}/api/join-room`, null, {
    roomId,
    participantName: 'Bob',
  })
  const ann = await person(server.url, token, roomId, 'ann')
  const bob = await person(server.url, guest.token, roomId, 'bob')
  await ann.voice.join()
  await ann.voice.say(440)
  await bob.voice.join()
  await bob.voice.say(660)
  async function hearEachOther(): Promise<void> {
    await expect.poll(() => bob.voice.hearing()).toEqual({ [ann.userId]: 440 })
    await expect.poll(() => ann.voice.hearing()).toEqual({ [bob.userId]: 660 })
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
    const answer = await rest<rooms.RecordingsAnswer>(`${server.url}/api/rooms/${roomId}/recordings`, token)
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
