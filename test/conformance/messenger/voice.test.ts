import type { messenger } from '@parley/protocol'
import { startServer, type TestServer } from '@parley/testkit'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createRestClient } from '../../clients/rest-client.ts'
import { openRoomsClient } from '../../clients/rooms-client.ts'
import { openRoom, type Room } from './room.ts'

type State = messenger.ServerData<'voice:state'>
type Person = Room['host']

let server: TestServer
beforeAll(async () => {
  server = await startServer({ rateLimits: 'off' })
})
afterAll(() => server[Symbol.asyncDispose]())

const open = (wish: Parameters<typeof openRoom>[2] = {}) => openRoom(server.url, 'websocket', wish)
const names = ({ participants }: Pick<State, 'participants'>) => participants.map(({ name }) => name)
const of = ({ participants }: Pick<State, 'participants'>, { userId }: Person) =>
  participants.find((one) => one.userId === userId)

/** How voice stands for them now, once that fits. */
async function state({ client }: Person, fits: (state: State) => boolean, waitMs = 30_000): Promise<State> {
  const latest = () => client.received.findLast(({ event }) => event === 'voice:state')?.data as State | undefined
  return vi.waitFor(
    () => {
      const now = latest()
      if (now === undefined || !fits(now)) throw new Error(`not yet: ${JSON.stringify(now)}`)
      return now
    },
    { timeout: waitMs, interval: 10 },
  )
}

const talk = ({ client }: Person, chatId: string, wish: object = {}) => client.ask('voice:join', { chatId, ...wish })

const description = (direction: string) =>
  ({ type: 'offer', sdp: `v=0\r\ns=-\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=${direction}\r\n` }) as const

describe('voice on the messenger wire, under mesh', () => {
  it('answers voice:join with who is there, and tells the others', async () => {
    using room = await open()
    const { chatId, host } = room
    const bob = await room.add('Bob')
    const first = await talk(host, chatId)
    expect(first).toMatchObject({ topology: 'mesh', e2ee: false, recording: null, stage: false })
    expect(first.self).toMatchObject({ name: 'Ann', muted: false, listenOnly: false, sources: [], hand: null })
    expect(names(await state(bob, ({ participants }) => participants.length === 1))).toEqual(['Ann'])
    const second = await talk(bob, chatId, { muted: true })
    expect(names(second)).toEqual(['Ann', 'Bob'])
    expect(second.self).toMatchObject({ userId: bob.userId, muted: true })
    await state(host, (now) => of(now, bob)?.muted === true)
  })

  it('gives servers for the way through routers anew to those in voice, and before to those in the chat', async () => {
    using room = await open()
    using other = await open()
    const { chatId, host } = room
    expect(await host.client.refused('voice:ice-servers', {})).toMatchObject({ code: 'NOT_IN_ROOM' })
    const idle = await room.connect(host.token)
    expect(await idle.refused('voice:ice-servers', { chatId })).toMatchObject({ code: 'NOT_IN_ROOM' })
    expect(await other.host.client.refused('voice:ice-servers', { chatId })).toMatchObject({
      code: 'CONVERSATION_NOT_FOUND',
    })
    const before = await host.client.ask('voice:ice-servers', { chatId })
    const { iceServers, iceTtl } = await talk(host, chatId)
    expect(before).toEqual({ iceServers, ...(iceTtl && { iceTtl }) })
    expect(await host.client.ask('voice:ice-servers', {})).toEqual(before)
  })

  it('is for members who follow the chat', async () => {
    using room = await open()
    using other = await open()
    const { chatId } = room
    expect(await other.host.client.refused('voice:join', { chatId })).toMatchObject({ code: 'CONVERSATION_NOT_FOUND' })
    const idle = await room.connect(room.host.token)
    expect(await idle.refused('voice:join', { chatId })).toMatchObject({ code: 'NOT_IN_ROOM' })
    expect(await room.host.client.refused('voice:mute', { muted: true })).toMatchObject({ code: 'NOT_IN_ROOM' })
  })

  it('passes on to one what another says, and to nobody else', async () => {
    using room = await open()
    const { chatId, host } = room
    const [bob, cleo] = [await room.add('Bob'), await room.add('Cleo')]
    for (const person of [host, bob, cleo]) await talk(person, chatId)
    const offer = { description: description('sendrecv'), streams: [{ mid: '0', source: 'mic' as const }] }
    await host.client.ask('voice:signal', { to: bob.userId, ...offer })
    expect(await bob.client.next('voice:signal')).toEqual({ chatId, from: host.userId, ...offer })
    const candidate = { candidate: 'candidate:1 1 udp 1 192.0.2.1 9 typ host', sdpMid: '0' }
    await bob.client.ask('voice:signal', { to: host.userId, candidate })
    expect(await host.client.next('voice:signal')).toEqual({ chatId, from: bob.userId, candidate })
    await bob.client.ask('voice:signal', { to: host.userId, candidate: null })
    await host.client.next('voice:signal', (signal) => signal.candidate === null)
    expect(cleo.client.received.filter(({ event }) => event === 'voice:signal')).toEqual([])

    for (const to of [undefined, bob.userId])
      expect(await bob.client.refused('voice:signal', { to, candidate })).toMatchObject({ code: 'VALIDATION_FAILED' })
    const nobody = { to: 'nobody', candidate }
    expect(await bob.client.refused('voice:signal', nobody)).toMatchObject({ code: 'NOT_IN_ROOM' })
  })

  it('has place for six in audio, and for four as soon as anybody sends video', async () => {
    using room = await open()
    const { chatId, host } = room
    const others: Person[] = []
    for (const name of ['B1', 'B2', 'B3', 'B4', 'B5', 'B6']) others.push(await room.add(name))
    const [one, two, three, four, five, six] = others
    if (!one || !two || !three || !four || !five || !six) throw new Error('six others')
    for (const person of [host, one, two, three]) await talk(person, chatId)
    await host.client.ask('voice:publish', { source: 'camera' })
    expect(await four.client.refused('voice:join', { chatId })).toMatchObject({ code: 'MEDIA_CAPACITY' })
    await host.client.ask('voice:unpublish', { source: 'camera' })
    for (const person of [four, five]) await talk(person, chatId)
    expect(await six.client.refused('voice:join', { chatId })).toMatchObject({ code: 'MEDIA_CAPACITY' })
    for (const source of ['camera', 'screen'] as const)
      expect(await host.client.refused('voice:publish', { source })).toMatchObject({ code: 'MEDIA_CAPACITY' })
    await host.client.ask('voice:publish', { source: 'mic' })
    await five.client.ask('voice:leave', {})
    await talk(six, chatId)
    await state(one, (now) => of(now, six) !== undefined && of(now, five) === undefined)
  })

  it('tells of hands, levels, lines and reactions', async () => {
    using room = await open()
    const { chatId, host } = room
    const bob = await room.add('Bob')
    for (const person of [host, bob]) await talk(person, chatId)
    await bob.client.ask('voice:hand', { raised: true })
    expect(of(await state(host, (now) => typeof of(now, bob)?.hand === 'number'), bob)?.hand).toBeGreaterThan(0)
    await bob.client.ask('voice:quality', { quality: 'poor' })
    await state(host, (now) => of(now, bob)?.quality === 'poor')
    await bob.client.ask('voice:react', { emoji: '👏' })
    const reaction = { chatId, userId: bob.userId, emoji: '👏' }
    expect(await host.client.next('voice:reaction')).toEqual(reaction)
    await bob.client.ask('voice:speaking', { speaking: true, level: 0.5 })
    expect(await host.client.next('voice:speaking')).toEqual({ chatId, userId: bob.userId, speaking: true, level: 0.5 })
    await bob.client.ask('voice:mute', { muted: true, deafened: true })
    const muted = await state(host, (now) => of(now, bob)?.muted === true)
    expect(of(muted, bob)).toMatchObject({ deafened: true, speaking: false })
  })

  it('says how somebody speaks at most five times a second', async () => {
    using room = await open()
    const { chatId, host } = room
    const bob = await room.add('Bob')
    for (const person of [host, bob]) await talk(person, chatId)
    const startedAt = performance.now()
    for (let turn = 0; turn < 60; turn += 1) {
      await bob.client.ask('voice:speaking', { speaking: true, level: turn % 2 })
    }
    await host.client.next('voice:speaking', ({ level }) => level === 1)
    const told = host.client.received.filter(({ event }) => event === 'voice:speaking').length
    expect(told).toBeLessThanOrEqual(1 + (performance.now() - startedAt) / 200)
  })

  it('lets the host mute: for the moment, for good, and everybody', async () => {
    using room = await open()
    const { chatId, host } = room
    const [bob, cleo] = [await room.add('Bob'), await room.add('Cleo')]
    for (const person of [host, bob, cleo]) await talk(person, chatId)
    const about = { chatId, participantId: bob.userId }
    expect(await cleo.client.refused('room:mute-member', about)).toMatchObject({ code: 'FORBIDDEN' })

    await host.client.ask('room:mute-member', about)
    await state(bob, (now) => of(now, bob)?.muted === true)
    await bob.client.ask('voice:mute', { muted: false })

    await host.client.ask('room:mute-member', { ...about, hard: true })
    await state(bob, (now) => of(now, bob)?.hardMuted === true)
    expect(await bob.client.refused('voice:mute', { muted: false })).toMatchObject({ code: 'FORBIDDEN' })
    await bob.client.ask('voice:leave', {})
    expect((await talk(bob, chatId)).self).toMatchObject({ muted: true, hardMuted: true })

    await host.client.ask('room:mute-member', { ...about, muted: false })
    expect(await bob.client.next('voice:unmute-asked')).toEqual({ chatId, byId: host.userId, byName: 'Ann' })
    // Nobody's microphone is opened by others.
    expect(of(await state(host, (now) => of(now, bob)?.hardMuted === false), bob)?.muted).toBe(true)
    await bob.client.ask('voice:mute', { muted: false })

    await host.client.ask('room:mute-all', { chatId })
    const all = await state(host, (now) => of(now, bob)?.muted === true && of(now, cleo)?.muted === true)
    expect(of(all, host)?.muted).toBe(false)
  })

  it('lets listeners listen, and nothing else', async () => {
    using room = await open()
    const { chatId, host } = room
    await host.client.ask('room:set-stage', { chatId, stage: true })
    expect((await talk(host, chatId)).stage).toBe(true)
    const bob = await room.add('Bob')
    expect(bob.joined.members.find(({ userId }) => userId === bob.userId)?.role).toBe('listener')
    expect((await talk(bob, chatId)).self).toMatchObject({ listenOnly: true, muted: true })
    const to = host.userId
    for (const [event, data] of [
      ['voice:publish', { source: 'mic' }],
      ['voice:mute', { muted: false }],
      ['voice:signal', { to, description: description('sendrecv') }],
      ['voice:signal', { to, streams: [{ mid: '0', source: 'mic' }] }],
    ] as const)
      expect(await bob.client.refused(event, data)).toMatchObject({ code: 'FORBIDDEN' })
    await bob.client.ask('voice:signal', { to, description: description('recvonly') })
    await host.client.next('voice:signal')

    await host.client.ask('room:set-role', { chatId, participantId: bob.userId, role: 'speaker' })
    await state(bob, (now) => of(now, bob)?.listenOnly === false)
    await bob.client.ask('voice:publish', { source: 'mic' })
    await bob.client.ask('voice:mute', { muted: false })
    await host.client.ask('room:set-role', { chatId, participantId: bob.userId, role: 'listener' })
    const back = await state(host, (now) => of(now, bob)?.listenOnly === true)
    expect(of(back, bob)).toMatchObject({ muted: true, sources: [] })
  })

  it('puts out of voice who is removed from the room, and everybody when it ends', async () => {
    using room = await open()
    const { chatId, host } = room
    const [bob, cleo] = [await room.add('Bob'), await room.add('Cleo')]
    for (const person of [host, bob, cleo]) await talk(person, chatId)
    await host.client.ask('room:kick', { chatId, participantId: bob.userId })
    expect(await bob.client.next('voice:ended')).toEqual({ chatId, reason: 'kicked' })
    await state(host, (now) => of(now, bob) === undefined)
    const toBob = { to: bob.userId, candidate: null }
    expect(await host.client.refused('voice:signal', toBob)).toMatchObject({ code: 'NOT_IN_ROOM' })
    expect(await cleo.client.refused('room:end', { chatId })).toMatchObject({ code: 'FORBIDDEN' })
    await host.client.ask('room:end', { chatId })
    expect(await cleo.client.next('voice:ended')).toEqual({ chatId, reason: 'expired' })
    await cleo.client.next('chat:expired')
    expect((await createRestClient(server.url).call('GET', `/api/rooms/${chatId}`)).status).toBe(404)
  })

  it('keeps one place for each user, and the one of whoever comes back at once', async () => {
    using room = await open()
    const { chatId, host } = room
    const bob = await room.add('Bob')
    for (const person of [host, bob]) await talk(person, chatId)
    const again = await room.again(bob)
    await talk(again, chatId)
    expect(await bob.client.next('voice:ended')).toEqual({ chatId, reason: 'elsewhere' })
    const moved = await state(host, (now) => of(now, bob)?.legs === 2)
    expect(names(moved)).toEqual(['Ann', 'Bob'])

    await again.client.ask('voice:hand', { raised: true })
    again.client.socket.disconnect()
    const back = await room.again(bob)
    expect((await talk(back, chatId)).self.hand).not.toBeNull()
    const seen = host.client.received.filter(({ event }) => event === 'voice:state').slice(2)
    expect(seen.every(({ data }) => names(data as unknown as State).includes('Bob'))).toBe(true)

    back.client.socket.disconnect()
    await state(host, (now) => of(now, bob) === undefined)
  })

  it('is told to whoever comes later, and on the rooms wire', async () => {
    using room = await open()
    const { chatId, host } = room
    await talk(host, chatId)
    const bob = await room.add('Bob')
    const inVoice = { joined: true, muted: false, speaking: false }
    expect(bob.joined.members.map(({ name, voice }) => [name, voice.joined])).toEqual([
      ['Ann', true],
      ['Bob', false],
    ])
    expect(names(await bob.client.next('voice:state'))).toEqual(['Ann'])

    using rooms = await openRoomsClient(server.url, bob.token)
    await rooms.ask('join_room', { roomId: chatId })
    const annsVoice = () =>
      rooms.received
        .flatMap((frame) => (frame.type === 'participants_update' ? frame.participants : []))
        .findLast(({ id }) => id === host.userId)?.voice
    await expect.poll(annsVoice).toEqual(inVoice)
    await host.client.ask('voice:leave', {})
    await expect.poll(annsVoice).toEqual({ joined: false, muted: false, speaking: false })
  })
})
