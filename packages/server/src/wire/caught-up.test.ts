import { DomainError, type EventBus } from '@parley/core'
import { createTestCore, personOf, type TestCore } from '@parley/testkit/test-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Member, openWires, type WiresFixture } from './wires-fixture.ts'

/** The other node, which is never deaf. */
let other: TestCore
/** This one. */
let wires: WiresFixture
let isDeaf = false
/** Nobody can come into a room here. */
let isAway = false
let missed: Set<() => void>

/** From now on this node hears nothing. */
function cut(): void {
  isDeaf = true
}

/** It hears again, and may have missed something. */
function mend(): void {
  isDeaf = false
  for (const tell of missed) tell()
}

function deafened(bus: EventBus): EventBus {
  const remember = (leave: () => void, tell: (() => void) | undefined) => {
    if (tell !== undefined) missed.add(tell)
    return () => {
      leave()
      if (tell !== undefined) missed.delete(tell)
    }
  }
  const heard =
    <T>(listener: (value: T) => void) =>
    (value: T): void => {
      if (!isDeaf) listener(value)
    }
  return {
    ...bus,
    subscribe: (id, listener, tell) => remember(bus.subscribe(id, heard(listener)), tell),
    subscribeUser: (id, listener, tell) => remember(bus.subscribeUser(id, heard(listener)), tell),
  }
}

beforeEach(async () => {
  isDeaf = false
  isAway = false
  missed = new Set()
  other = createTestCore()
  const here = createTestCore({}, { ...other.ports, bus: deafened(other.ports.bus) })
  const enter: TestCore['enter'] = async (...input) => {
    if (isAway) throw new DomainError('UNAVAILABLE', 'It is away.')
    return here.enter(...input)
  }
  wires = await openWires({}, () => true, { core: { ...here, enter, clock: other.clock } })
})
afterEach(async () => {
  await wires[Symbol.asyncDispose]()
  other.close()
})

const member = async (userId: string) => wires.member(await wires.userToken(userId), { transports: ['websocket'] })

async function onSite(userId: string): Promise<Member> {
  const socket = await wires.member('', { auth: {}, transports: ['websocket'] })
  expect(await socket.ask('authenticate', { token: await wires.userToken(userId) })).toMatchObject({ ok: true })
  return socket
}

/** All such events so far, once whatever is under way has arrived. */
async function told(client: Member, name: string): Promise<Record<string, unknown>[]> {
  for (let round = 0; round < 20; round += 1) await new Promise((resolve) => setImmediate(resolve))
  await client.ask('nothing:of-the-kind')
  return client.events.flatMap(([event, data]) => (event === name ? [data] : []))
}

const connect = (userId: string) => other.connect(personOf(userId), { avatar: null, roles: [] })

describe('a node that could not hear the others, when it can again, tells its people', () => {
  it('of those whom they follow as they are now: once, and only what changed', async () => {
    for (const userId of ['ann', 'cem', 'dan']) {
      await other.openDirect('bob', userId)
      await connect(userId)
    }
    const bob = await member('bob')
    await bob.ask('presence:subscribe', { userIds: ['ann', 'cem', 'dan'] })
    cut()
    await other.disconnect(personOf('ann'))
    await other.setStatus(personOf('cem'), { status: 'busy', customStatus: 'in a meeting' })
    await other.disconnect(personOf('dan'))
    await connect('dan')
    expect(await told(bob, 'presence:update')).toEqual([])
    mend()
    const expected = [
      { userId: 'ann', status: 'offline' },
      { userId: 'cem', status: 'busy', customStatus: 'in a meeting' },
    ]
    await expect.poll(() => told(bob, 'presence:update')).toMatchObject(expected)
    mend()
    expect(await told(bob, 'presence:update')).toHaveLength(2)
  })

  it('of those on the site who came and went, and of conversations that they were brought into', async () => {
    await other.openDirect('bob', 'ann')
    await other.openDirect('bob', 'cem')
    await connect('ann')
    await other.clock.advance(1000)
    const bob = await onSite('bob')
    await bob.ask('presence:request')
    await other.clock.advance(60_000)
    const before = await other.openGroup(['ann', 'bob'])
    await expect.poll(() => told(bob, 'user:joined')).toMatchObject([{ userId: 'bob', conversationId: before }])
    cut()
    await other.disconnect(personOf('ann'))
    await connect('cem')
    await other.clock.advance(1000)
    const conversationId = await other.openGroup(['ann', 'bob'])
    mend()
    await expect.poll(() => told(bob, 'user:offline')).toEqual([{ userId: 'ann' }])
    await expect.poll(() => told(bob, 'user:joined')).toMatchObject([{}, { userId: 'bob', conversationId }])
    mend()
    await told(bob, 'user:joined')
    expect(await told(bob, 'user:online')).toEqual([{ userId: 'cem', name: 'cem' }])
    expect([await told(bob, 'user:offline'), await told(bob, 'user:joined')].map(({ length }) => length)).toEqual([
      1, 2,
    ])
  })

  it('of a room who is there and who is not, on every wire', async () => {
    const roomId = await other.openRoom({ minutes: 120 })
    await other.arrive('cem', roomId)
    const ann = await wires.raw(await wires.token('ann'))
    await ann.join(roomId)
    const bob = await wires.member(await wires.token('bob'), { transports: ['websocket'] })
    await bob.ask('chat:join', { chatId: roomId })
    await other.clock.advance(5000)
    cut()
    await other.exit(personOf('cem'), roomId)
    mend()
    await expect.poll(() => told(bob, 'presence:update')).toMatchObject([{ userId: 'cem', status: 'offline' }])
    await other.clock.advance(1000)
    const isOffline = (one: unknown) =>
      (one as { id: string; online: boolean }).id === 'cem' && !(one as { online: boolean }).online
    await ann.get(
      ({ type, participants }) => type === 'participants_update' && (participants as unknown[]).some(isOffline),
    )
    mend()
    expect(await told(bob, 'presence:update')).toHaveLength(1)
  })

  it('of a seat that was taken in a room, on the wire that shows them', async () => {
    const roomId = await other.openRoom({ minutes: 120 })
    const ann = await wires.raw(await wires.token('ann'))
    await ann.join(roomId)
    const bob = await wires.member(await wires.token('bob'), { transports: ['websocket'] })
    await other.clock.advance(5000)
    cut()
    await other.ask(roomId, { name: 'Dan' })
    await other.clock.advance(1000)
    const lists = () => ann.frames.filter(({ type }) => type === 'participants_update')
    const seated = [{ name: 'ann' }, { name: 'Dan', online: false }]
    mend()
    await expect
      .poll(async () => {
        await other.clock.advance(300)
        return lists().at(-1)?.participants
      })
      .toMatchObject(seated)
    mend()
    await told(bob, 'presence:update')
    await other.clock.advance(1000)
    // Counted are those that show the seat alone: the list of who came before it may still be under way to ann.
    expect(lists().filter(({ participants }) => (participants as unknown[]).length === seated.length)).toHaveLength(1)
  })

  it('that they may come in, of whom others have let in from the lobby or taken for gone', async () => {
    const roomId = await other.openRoom({ hasLobby: true })
    const bob = await member('bob')
    const cem = await member('cem')
    const dan = await wires.raw(await wires.token('dan'))
    for (const client of [bob, cem]) {
      expect(await client.ask('chat:join', { chatId: roomId })).toMatchObject({ waiting: true })
    }
    dan.send({ type: 'join_room', roomId })
    await dan.event('waiting')
    cut()
    for (const userId of ['bob', 'dan'])
      await other.admit(personOf('ann'), { conversationId: roomId, userId, admit: true })
    await other.leave(personOf('cem'), roomId)
    mend()
    await dan.event('joined')
    for (const client of [bob, cem]) expect(await client.get('room:admitted')).toEqual({ chatId: roomId })
    expect(await bob.ask('chat:join', { chatId: roomId })).toMatchObject({ ok: true, recovered: false })
    other.forget()
    expect(await cem.ask('chat:join', { chatId: roomId })).toMatchObject({ waiting: true })
    expect(other.eventsOf('lobby.knocked')).toMatchObject([{ userId: 'cem' }])
    mend()
    for (const client of [bob, cem]) expect(await told(client, 'room:admitted')).toEqual([])
  })

  it('that they may come in, as soon as they can: also who was told, and could not', async () => {
    const roomId = await other.openRoom({ hasLobby: true })
    const dan = await wires.raw(await wires.token('dan'))
    dan.send({ type: 'join_room', roomId })
    await dan.event('waiting')
    isAway = true
    await other.admit(personOf('ann'), { conversationId: roomId, userId: 'dan', admit: true })
    expect(await dan.get(({ type }) => type === 'error')).toMatchObject({ code: 'UNAVAILABLE' })
    isAway = false
    // As the look at positions does it every few seconds.
    const event = { type: 'conversation.advanced', conversationId: roomId, at: 0, upTo: 1 } as const
    other.ports.bus.publish({ event, audience: { kind: 'topic' }, exceptSession: null })
    await dan.event('joined')
  })

  it('of those who knock at their room, and who do no longer', async () => {
    const roomId = await other.openRoom({ hasLobby: true })
    await other.arrive('bob', roomId)
    const ann = await member('ann')
    await ann.ask('chat:join', { chatId: roomId })
    expect(await told(ann, 'room:knock')).toMatchObject([{ userId: 'bob' }])
    cut()
    await other.arrive('cem', roomId)
    await other.leave(personOf('bob'), roomId)
    mend()
    expect(await ann.get('room:knock-answered')).toEqual({ chatId: roomId, userId: 'bob' })
    mend()
    expect(await told(ann, 'room:knock')).toMatchObject([{ userId: 'bob' }, { userId: 'cem' }])
    expect(await told(ann, 'room:knock-answered')).toEqual([])
  })

  it('of calls that ring, and of those that they were shown and are over, taken elsewhere, or answered', async () => {
    const chats = await Promise.all(['cem', 'dan', 'eve'].map((userId) => other.openDirect('bob', userId)))
    const [withCem = '', withDan = '', withEve = ''] = chats
    const withFay = await other.openDirect('ann', 'fay')
    for (const userId of ['ann', 'cem', 'dan', 'eve']) await connect(userId)
    const call = (userId: string, conversationId: string) =>
      other.initiateCall(personOf(userId), { conversationId, media: 'audio', offer: null })
    const [bob, fay] = await Promise.all([member('bob'), member('fay')])
    const ended = await call('cem', withCem)
    const taken = await call('dan', withDan)
    const asked = (await bob.ask('call:initiate', { chatId: withEve, type: 'audio' })) as { call: { id: string } }
    expect(await told(bob, 'call:incoming')).toHaveLength(2)
    cut()
    const ringing = await call('ann', withFay)
    await other.endCall(personOf('cem'), { callId: ended.id })
    await other.connect(personOf('bob', 'phone'), { avatar: null, roles: [] })
    await other.answerCall(personOf('bob', 'phone'), { callId: taken.id, answer: null })
    await other.answerCall(personOf('eve'), { callId: asked.call.id, answer: null })
    mend()
    await expect.poll(() => told(fay, 'call:incoming')).toMatchObject([{ call: { id: ringing.id } }])
    await expect
      .poll(() => told(bob, 'call:end'))
      .toEqual([
        { callId: ended.id, chatId: withCem, reason: 'hangup' },
        { callId: taken.id, chatId: withDan, reason: 'answered-elsewhere' },
      ])
    await expect.poll(() => told(bob, 'call:answer')).toMatchObject([{ callId: asked.call.id, userId: 'eve' }])
    mend()
    expect(await told(fay, 'call:incoming')).toHaveLength(1)
    expect(await told(bob, 'call:end')).toHaveLength(2)
    expect(await told(bob, 'call:answer')).toHaveLength(1)
  })
})
