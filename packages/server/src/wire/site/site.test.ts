import { site } from '@parley/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FLOOD_MAX } from '../flood-count.ts'
import { type Member, openWires, roomWith, type WiresFixture } from '../wires-fixture.ts'

let wires: WiresFixture
beforeEach(async () => {
  wires = await openWires()
})
afterEach(() => wires[Symbol.asyncDispose]())

/** A connection that says nothing yet. */
const stranger = (): Promise<Member> => wires.member('', { auth: {}, transports: ['websocket'] })

async function known(userId: string): Promise<Member> {
  const member = await stranger()
  expect(await member.ask('authenticate', { token: await wires.userToken(userId) })).toMatchObject({ ok: true, userId })
  return member
}

/** A conversation of these people, and each of them in it. */
async function teaWith(...names: string[]): Promise<{ conversationId: string; members: Member[] }> {
  const { details } = await wires.core.createConversation(null, {
    ...{ id: null, kind: 'group', name: 'Tea', retentionDays: null },
    members: names.map((userId) => ({ userId, name: userId, role: null })),
  })
  const conversationId = details.conversation.id
  const members = await Promise.all(names.map(known))
  for (const member of members) {
    expect(await member.ask('conversation:join', { conversationId })).toMatchObject({ ok: true })
  }
  return { conversationId, members }
}

const names = (member: Member): string[] => member.events.map(([name]) => name)

describe('before it is known who speaks', () => {
  it('greets, and waits for 10 s', async () => {
    const socket = await stranger()
    const ended = new Promise((resolve) => socket.socket.once('disconnect', resolve))
    await wires.core.clock.advance(9_900)
    expect(await socket.ask('presence:request')).toMatchObject({ ok: false, error: { code: 'UNAUTHENTICATED' } })
    await wires.core.clock.advance(200)
    expect(await socket.get('error')).toMatchObject({ code: 'UNAUTHENTICATED' })
    expect(await ended).toBe('io server disconnect')
    expect(wires.wires.stats().connections.total).toBe(0)
  })

  it('has time without end once it is known', async () => {
    const ann = await known('ann')
    await wires.core.clock.advance(11_000)
    expect(await ann.ask('presence:request')).toMatchObject({ ok: true, count: 0 })
    expect(wires.wires.stats()).toMatchObject({ byWire: { site: 1, messenger: 0, rooms: 0 }, users: 1 })
  })

  it('counts what does not verify with failed handshakes', async () => {
    const socket = await stranger()
    for (let n = 0; n < 5; n += 1) {
      expect(await socket.ask('authenticate', { token: 'x' })).toMatchObject({ error: { code: 'UNAUTHENTICATED' } })
    }
    const token = await wires.userToken('ann')
    expect(await socket.ask('authenticate', { token })).toMatchObject({ error: { code: 'RATE_LIMITED' } })
    expect(wires.security.at(-1)).toEqual({ type: 'throttled', wire: 'site', address: '192.0.2.9' })
    expect(JSON.stringify(wires.security)).not.toContain(token)
  })

  it('cuts off who asks and asks', async () => {
    const socket = await stranger()
    const ended = new Promise((resolve) => socket.socket.once('disconnect', resolve))
    for (let n = 0; n <= FLOOD_MAX; n += 1) socket.socket.emit('presence:request')
    await ended
    expect(wires.security.at(-1)).toEqual({ type: 'flooding', wire: 'site', address: '192.0.2.9' })
  })
})

describe('a connection that came with a token', () => {
  it('goes on as another session when it authenticates: its places end, and nothing is asked of two wires', async () => {
    const { conversationId } = await teaWith('bob')
    await wires.core.addMembers(null, conversationId, [{ userId: 'ann', name: 'ann', role: null }])
    const ann = await wires.member(await wires.userToken('ann'), { transports: ['websocket'] })
    await ann.ask('chat:join', { chatId: conversationId })
    expect(wires.wires.stats()).toMatchObject({ byWire: { site: 1, messenger: 1 }, subscriptions: 2 })
    const answers = await Promise.all([
      ann.ask('chat:get-active-members', { chatId: conversationId }),
      ann.ask('authenticate', { token: await wires.userToken('ann') }),
      ann.ask('conversation:join', { conversationId }),
      ann.ask('chat:leave', { chatId: conversationId }),
    ])
    expect(answers).toMatchObject([
      { ok: true },
      { ok: true, userId: 'ann' },
      { ok: true, recovered: false },
      { ok: false, error: { code: 'UNKNOWN_EVENT' } },
    ])
    const stats = { byWire: { site: 2, messenger: 0 }, subscriptions: 2, connections: { active: 2 } }
    expect(wires.wires.stats()).toMatchObject(stats)
    const bob = { userId: 'bob', name: 'bob', room: null }
    expect(await wires.core.statuses(bob, ['ann'])).toMatchObject([{ status: 'online' }])
    ann.socket.close()
    await expect.poll(() => wires.core.statuses(bob, ['ann'])).toMatchObject([{ status: 'offline' }])
  })

  it('may say who it is again when that fails', async () => {
    const ann = await wires.member(await wires.userToken('ann'), { transports: ['websocket'] })
    expect(await ann.ask('authenticate', { token: 'x' })).toMatchObject({ error: { code: 'UNAUTHENTICATED' } })
    expect(await ann.ask('presence:request')).toMatchObject({ error: { code: 'UNAUTHENTICATED' } })
    expect(await ann.ask('authenticate', { token: await wires.userToken('bob') })).toMatchObject({ userId: 'bob' })
  })
})

describe('answers', () => {
  it('are what their schemas say', async () => {
    const { conversationId, members } = await teaWith('ann', 'bob')
    const [ann] = members as [Member, Member]
    const about = { conversationId, messageId: 'm1' }
    const asked: [site.ClientEvent, object][] = [
      ['authenticate', { token: await wires.userToken('ann') }],
      ['conversation:join', { conversationId }],
      ['message:send', { ...about, text: 'hi' }],
      ['typing:start', { conversationId }],
      ['typing:stop', { conversationId }],
      ['message:read', about],
      ['message:react', { ...about, emoji: '👍' }],
      ['presence:request', {}],
      ['conversation:leave', { conversationId }],
    ]
    expect(asked.map(([event]) => event).sort()).toEqual(Object.keys(site.clientMessages).sort())
    for (const [event, data] of asked) {
      const { ok, ...answer } = await ann.ask(event, data)
      expect(ok, event).toBe(true)
      expect(site.answers[event].strict().parse(answer), event).toEqual(answer)
    }
  })

  it('come after what happened before, and before what happened after', async () => {
    const { conversationId, members } = await teaWith('ann', 'bob')
    const [ann, bob] = members as [Member, Member]
    const order: string[] = []
    ann.socket.onAny((event: string) => order.push(event))
    const sending = ann.ask('message:send', { conversationId, text: 'one', messageId: 'm1' }).then(() => {
      order.push('answer')
    })
    await sending
    await bob.ask('message:send', { conversationId, text: 'two', messageId: 'm1' })
    await ann.get('message:new')
    expect(order).toEqual(['message:ack', 'answer', 'message:new'])
  })
})

describe('the end of a token', () => {
  it('is announced, told, and ends the connection; a newer one goes on in every place', async () => {
    await wires[Symbol.asyncDispose]()
    wires = await openWires({ maxIdleMs: 864_000_000 })
    const { conversationId, members } = await teaWith('ann', 'bob')
    const [ann, bob] = members as [Member, Member]
    const ended = new Promise((resolve) => bob.socket.once('disconnect', resolve))
    // A token of the site lasts a day in these tests.
    await wires.core.clock.advance(86_341_000)
    expect(await ann.get('token:expiring')).toEqual({ at: wires.core.clock.now() + 59_000 })
    expect(await ann.ask('authenticate', { token: await wires.userToken('ann') })).toMatchObject({ ok: true })
    await wires.core.clock.advance(60_000)
    expect(await bob.get('error')).toMatchObject({ code: 'TOKEN_EXPIRED' })
    expect(await ended).toBe('io server disconnect')
    await wires.core.say('bob', conversationId, 'by another way')
    expect(await ann.get('message:new')).toMatchObject({ text: 'by another way' })
  })

  it('is not put off by a token of somebody else', async () => {
    const ann = await known('ann')
    expect(await ann.ask('authenticate', { token: await wires.userToken('bob') })).toMatchObject({
      error: { code: 'FORBIDDEN' },
    })
    expect(await ann.ask('authenticate', { token: 'x' })).toMatchObject({ error: { code: 'UNAUTHENTICATED' } })
    expect(await ann.ask('presence:request')).toMatchObject({ ok: true })
  })
})

describe('rooms', () => {
  it('are joined by guests with a token for them, and speak with the rooms wire', async () => {
    const { roomId, ann } = await roomWith(wires)
    const gus = await stranger()
    await gus.ask('authenticate', { token: await wires.token('gus', roomId) })
    const typed = roomId.toUpperCase()
    expect(await gus.ask('conversation:join', { conversationId: typed })).toMatchObject({
      conversation: { id: roomId, kind: 'room' },
    })
    expect(await gus.ask('message:send', { conversationId: typed, text: 'hi', messageId: 'm1' })).toMatchObject({
      status: 'sent',
    })
    expect(await ann.event('message')).toMatchObject({ message: { text: 'hi', clientId: 'm1' } })
    expect(await gus.ask('presence:request')).toMatchObject({ users: [{ userId: 'ann', status: 'online' }], count: 1 })
  })

  it.each(['user', 'guest'])('are not there for a %s who is not in them, whatever they ask', async (kind) => {
    const roomId = await wires.core.openRoom()
    const { message } = await wires.core.say('ann', roomId, 'hi')
    const eve = await stranger()
    await eve.ask('authenticate', { token: await (kind === 'user' ? wires.userToken('eve') : wires.token('eve')) })
    const input = { text: 'x', messageId: message.id, emoji: '👍' }
    for (const event of [
      'message:send',
      'typing:start',
      'typing:stop',
      'message:read',
      'message:react',
      'conversation:leave',
    ]) {
      const ask = (conversationId: string) => eve.ask(event, { ...input, conversationId })
      const answer = await ask(roomId)
      expect(answer, event).toMatchObject({ error: { code: 'CONVERSATION_NOT_FOUND' } })
      expect(answer, event).toEqual(await ask('0000-0000-0000'))
    }
  })

  it('show how far everybody has got to those who come back', async () => {
    const { roomId } = await roomWith(wires)
    const gus = await stranger()
    await gus.ask('authenticate', { token: await wires.token('gus', roomId) })
    await gus.ask('conversation:join', { conversationId: roomId })
    const { message } = await wires.core.say('ann', roomId, 'hi')
    await gus.ask('message:read', { conversationId: roomId, messageId: message.id })
    expect(await gus.ask('conversation:join', { conversationId: roomId })).toMatchObject({
      conversation: { cursors: { ann: {}, gus: { delivered: message.seq, read: message.seq } } },
    })
  })

  it('with a lobby are not for this wire, and nobody is left waiting', async () => {
    const roomId = await wires.core.openRoom({ hasLobby: true })
    const gus = await stranger()
    await gus.ask('authenticate', { token: await wires.token('gus') })
    expect(await gus.ask('conversation:join', { conversationId: roomId })).toMatchObject({
      error: { code: 'FORBIDDEN' },
    })
    expect((await wires.core.settings(roomId)).waiting).toEqual([])
    expect(wires.wires.stats().subscriptions).toBe(0)
  })

  it('are all that the rooms wire shows: a chat is not there, for its members neither', async () => {
    const { conversationId } = await teaWith('ann', 'bob')
    const raw = await wires.raw(await wires.userToken('ann'))
    expect(await raw.ask({ type: 'join_room', roomId: conversationId })).toMatchObject({ code: 'ROOM_NOT_FOUND' })
    const id = 'abcdefgh1234'
    await wires.core.createConversation(null, {
      ...{ id, kind: 'group', name: 'Looks like a room', retentionDays: null },
      members: [{ userId: 'ann', name: 'ann', role: null }],
    })
    expect(await raw.ask({ type: 'join_room', roomId: id })).toMatchObject({ code: 'ROOM_NOT_FOUND' })
    expect(wires.wires.stats().topics).toBe(1)
  })
})

it('going down, it says so', async () => {
  const ann = await known('ann')
  const draining = wires.wires.drain(50)
  expect(await ann.get('server:draining')).toMatchObject({ reconnectAfterMs: expect.any(Number) })
  await draining
  expect(names(ann)).not.toContain('error')
})
