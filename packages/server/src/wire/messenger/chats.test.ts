import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Member, openWires, type WiresFixture } from '../wires-fixture.ts'

let wires: WiresFixture
beforeEach(async () => {
  wires = await openWires()
})
afterEach(() => wires[Symbol.asyncDispose]())

const connect = async (userId: string): Promise<Member> =>
  wires.member(await wires.userToken(userId), { transports: ['websocket'] })

/** A chat of these people, the first of whom makes it. */
async function chatOf(first: string, ...others: string[]): Promise<string> {
  const { details } = await wires.core.createConversation(
    { userId: first, name: first, room: null },
    {
      ...{ id: null, kind: others.length === 1 ? 'direct' : 'group', name: 'Tea', retentionDays: null },
      members: others.map((userId) => ({ userId, name: userId, role: null })),
    },
  )
  return details.conversation.id
}

describe('people with an account', () => {
  it('are greeted with how much waits for them', async () => {
    const chatId = await chatOf('ann', 'bob')
    const ann = await connect('ann')
    const before = (await wires.core.pendingNotifications({ userId: 'bob', name: 'bob', room: null })).length
    await ann.ask('message:new', { chatId, encryptedContent: 'hi' })
    const bob = await wires.member(await wires.userToken('bob'), { autoConnect: false })
    const hello = new Promise((resolve) => bob.socket.once('connected', resolve))
    bob.socket.connect()
    expect(await hello).toMatchObject({ userId: 'bob', pendingNotifications: before + 1 })
  })

  it('are told that nothing waits when they cleared everything', async () => {
    const chatId = await chatOf('ann', 'bob')
    const [ann, bob] = [await connect('ann'), await connect('bob')]
    await ann.ask('message:new', { chatId, encryptedContent: 'hi' })
    await bob.get('notification:new')
    expect(await bob.ask('notification:clear-all', {})).toEqual({ ok: true, notifications: [] })
    expect(await bob.ask('notification:get-pending', {})).toEqual({ ok: true, notifications: [] })
  })

  it('are in rooms too, whose ids they may type as people do', async () => {
    const roomId = await wires.core.openRoom({ host: 'zoe', hostName: 'zoe' })
    const typed = roomId.toUpperCase().replace(/(.{4})(.{4})/, '$1-$2-')
    const ann = await connect('ann')
    expect(await ann.ask('chat:join', { chatId: typed })).toMatchObject({ ok: true, chat: { id: roomId } })
    await wires.core.say('zoe', roomId, 'hi')
    expect(await ann.get('message:new')).toMatchObject({ chatId: roomId, encryptedContent: 'hi' })
    expect(await ann.ask('message:new', { chatId: typed, encryptedContent: 'hello' })).toMatchObject({ ok: true })
    expect(await ann.ask('chat:join', { chatId: typed })).toMatchObject({ ok: true })
    expect(wires.wires.stats()).toMatchObject({ topics: 1, subscriptions: 1 })
    await ann.ask('chat:leave', { chatId: typed })
    expect(wires.wires.stats()).toMatchObject({ topics: 0, subscriptions: 0 })
  })
})

describe('presence', () => {
  it('is no longer away with the next thing done, not only with the next lease', async () => {
    await wires[Symbol.asyncDispose]()
    wires = await openWires({ presenceLeaseMs: 30_000 })
    await chatOf('ann', 'bob')
    const [ann, bob] = [await connect('ann'), await connect('bob')]
    await wires.core.clock.advance(200_000)
    await ann.ask('presence:subscribe', { userIds: ['bob'] })
    await wires.core.clock.advance(110_000)
    expect(await ann.get('presence:update')).toMatchObject({ userId: 'bob', status: 'away' })
    await bob.ask('notification:get-pending', {})
    expect(await ann.get('presence:update')).toMatchObject({ userId: 'bob', status: 'online' })
  })

  it('reaches the sockets that follow, each for itself', async () => {
    await chatOf('ann', 'bob', 'cem')
    const [ann, annToo] = [await connect('ann'), await connect('ann')]
    await ann.ask('presence:subscribe', { userIds: ['bob', 'nobody'] })
    await annToo.ask('presence:subscribe', { userIds: ['cem'] })
    await connect('bob')
    await connect('cem')
    expect(await ann.get('presence:update')).toMatchObject({ userId: 'bob', status: 'online' })
    expect(await annToo.get('presence:update')).toMatchObject({ userId: 'cem', status: 'online' })
    await ann.ask('presence:unsubscribe', { userIds: ['bob'] })
    for (const person of ['bob', 'cem']) {
      await wires.core.setStatus({ userId: person, name: person, room: null }, { status: 'busy' })
    }
    expect(await annToo.get('presence:update')).toMatchObject({ userId: 'cem', status: 'busy' })
    await ann.ask('notification:get-pending', {})
    expect(ann.events.filter(([event]) => event === 'presence:update')).toEqual([])
  })

  it('of nobody may be asked for too', async () => {
    const ann = await connect('ann')
    expect(await ann.ask('presence:subscribe', { userIds: [] })).toEqual({ ok: true, users: [] })
    expect(await ann.ask('presence:unsubscribe', { userIds: [] })).toEqual({ ok: true })
  })
})

describe('whoever is added to a group', () => {
  it('is told of as others see them, live and to those who missed it', async () => {
    const chatId = await wires.core.openGroup(['ann'])
    const ann = await connect('ann')
    const { epoch } = await ann.ask('chat:join', { chatId })
    await connect('bob')
    await connect('cem')
    await wires.core.setStatus({ userId: 'cem', name: 'cem', room: null }, { status: 'offline' })
    await connect('dan')
    await wires.core.setStatus({ userId: 'dan', name: 'dan', room: null }, { status: 'busy' })
    const expected = Object.entries({ bob: 'online', cem: 'offline', dan: 'busy', eve: 'offline' })
    await wires.core.addMembers(
      { userId: 'ann', name: 'ann', room: null },
      chatId,
      expected.map(([userId]) => ({ userId, name: userId, role: null })),
    )
    const live: unknown[] = []
    for (const [userId, status] of expected) {
      const data = await ann.get('chat:member-joined')
      expect(data).toMatchObject({ userId, member: { status, online: status !== 'offline' } })
      live.push({ event: 'chat:member-joined', data })
    }
    const again = await connect('ann')
    expect(await again.ask('chat:join', { chatId, since: { epoch, rev: 0 } })).toMatchObject({
      recovered: true,
      changes: live,
    })
  })
})

describe('a call that is over before it rings', () => {
  it('is known from the answer, and then ends', async () => {
    const [pair, chatId] = [await chatOf('bob', 'cem'), await chatOf('ann', 'bob')]
    const [ann, bob, cem] = [await connect('ann'), await connect('bob'), await connect('cem')]
    const { call } = (await bob.ask('call:initiate', { chatId: pair, type: 'audio' })) as { call: { id: string } }
    await cem.ask('call:answer', { callId: call.id })
    const order: string[] = []
    ann.socket.onAny((event: string) => order.push(event))
    const answer = await new Promise((resolve) => {
      ann.socket.emit('call:initiate', { chatId, type: 'audio' }, (value: unknown) => {
        order.push('answer')
        resolve(value)
      })
    })
    expect(answer).toMatchObject({ call: { state: 'ended', endReason: 'busy' }, iceServers: [] })
    expect(await ann.get('call:end')).toMatchObject({ chatId, reason: 'busy' })
    expect(order).toEqual(['answer', 'call:end'])
  })
})

describe('signals', () => {
  it('are passed on as they came, whatever they are', async () => {
    const chatId = await chatOf('ann', 'bob')
    const [ann, bob] = [await connect('ann'), await connect('bob')]
    const offer = { sdp: 'v=0', nested: [null, 1, { deep: true }] }
    const { call } = (await ann.ask('call:initiate', { chatId, type: 'video', offer })) as { call: { id: string } }
    expect(await bob.get('call:incoming')).toMatchObject({ offer, from: { userId: 'ann' } })
    for (const candidate of [null, 'text', 0, false, [], { candidate: '' }]) {
      const answer = await ann.ask('call:ice-candidate', { callId: call.id, candidate })
      expect(answer).toMatchObject({ ok: true })
      expect(await bob.get('call:ice-candidate')).toEqual({ callId: call.id, from: 'ann', candidate })
    }
    expect(await ann.ask('call:ice-candidate', { callId: call.id, candidate: 'x'.repeat(65_537) })).toMatchObject({
      error: { code: 'VALIDATION_FAILED' },
    })
  })
})
