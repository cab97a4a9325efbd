import { messenger } from '@parley/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { chatWith, type Member, openWires, type WiresFixture } from '../wires-fixture.ts'

let wires: WiresFixture
beforeEach(async () => {
  wires = await openWires()
})
afterEach(() => wires[Symbol.asyncDispose]())

const webSocketOnly = { transports: ['websocket'] }
const pollingOnly = { transports: ['polling'] }

interface Joined {
  readonly chat: { readonly epoch: string; readonly rev: number; readonly messages?: { encryptedContent: string }[] }
  readonly changes: { readonly event: string; readonly data: Record<string, unknown> }[]
  readonly recovered: boolean
  readonly epoch: string
  readonly rev: number
}

async function join(member: Member, chatId: string, fields: object = {}): Promise<Joined> {
  const answer = await member.ask('chat:join', { chatId, ...fields })
  expect(answer).toMatchObject({ ok: true })
  return answer as unknown as Joined
}

const contents = (member: Member): string[] =>
  member.events.flatMap(([event, data]) => (event === 'message:new' ? [String(data.encryptedContent)] : []))

describe('events', () => {
  it('are answered through their callback', async () => {
    const { ann } = await chatWith(wires)
    expect(await ann.ask('fly', {})).toMatchObject({ ok: false, error: { code: 'UNKNOWN_EVENT' } })
    expect(await ann.ask('__proto__', {})).toMatchObject({ ok: false, error: { code: 'UNKNOWN_EVENT' } })
    expect(await ann.ask('message:new', { chatId: 7 })).toMatchObject({
      error: { code: 'VALIDATION_FAILED', errors: [{ path: 'chatId' }, { path: 'encryptedContent' }] },
    })
    for (const data of [null, 7, 'text', [], Buffer.from('x')]) {
      expect(await ann.ask('chat:join', data)).toMatchObject({ error: { code: 'VALIDATION_FAILED' } })
    }
    expect(await ann.ask('chat:join')).toMatchObject({ error: { code: 'VALIDATION_FAILED' } })
  })

  it('without a callback fail as an error that names them', async () => {
    const { ann } = await chatWith(wires)
    ann.socket.emit('chat:join', { chatId: 'nowhere' })
    const error = await ann.get('error')
    expect(messenger.serverMessages.error.strict().parse(error)).toMatchObject({
      code: 'CONVERSATION_NOT_FOUND',
      event: 'chat:join',
    })
    ann.socket.emit('fly')
    expect(await ann.get('error')).toMatchObject({ code: 'UNKNOWN_EVENT', event: 'fly' })
    ann.socket.emit('error', 'mine')
    expect(await ann.get('error')).toMatchObject({ code: 'UNKNOWN_EVENT' })
  })

  it('that are malformed packets end their own connection and nothing else', async () => {
    const { ann } = await chatWith(wires)
    const token = await wires.token('bob')
    for (const text of ['42', '42{', '42["x"', '9', '451-["x"]', '43-1[]', '42[7]', '\uFFFF', '40/other,']) {
      const bob = await wires.member(token, webSocketOnly)
      const engine = bob.socket.io.engine as unknown as { transport: { ws: { send(text: string): void } } }
      engine.transport.ws.send(text)
    }
    expect(await ann.ask('chat:get-active-members', { chatId: 'nowhere' })).toMatchObject({ ok: false })
    expect(wires.logged).toEqual([])
  })

  it('are limited for each user, and say when to come back', async () => {
    const { chatId, ann } = await chatWith(wires)
    for (let n = 0; n < 10; n += 1) await ann.ask('message:typing', { chatId })
    expect(await ann.ask('message:typing', { chatId })).toMatchObject({
      ok: false,
      error: { code: 'RATE_LIMITED', retryAfterMs: 10_000 },
    })
    expect(await ann.ask('message:new', { chatId, encryptedContent: 'x' })).toMatchObject({ ok: true })
  })
})

describe('joining a chat', () => {
  it('answers with the chat, its members and latest messages', async () => {
    const { chatId, ann } = await chatWith(wires)
    await ann.ask('message:new', { chatId, encryptedContent: 'hi' })
    const bob = await wires.member(await wires.token('bob'))
    const { ok: _, ...answer } = await bob.ask('chat:join', { chatId })
    expect(messenger.answers['chat:join'].parse(answer)).toMatchObject({
      chat: { id: chatId, hostId: 'ann', messages: [{ encryptedContent: 'hi' }] },
      members: [
        { userId: 'ann', role: 'host', online: true },
        { userId: 'bob', role: 'speaker', online: true },
      ],
      recovered: false,
      changes: [],
    })
    expect(await ann.get('chat:member-joined')).toMatchObject({ chatId, userId: 'bob' })
  })

  it('touches no other room with a token that was given for one', async () => {
    const { chatId } = await chatWith(wires)
    const other = await wires.core.openRoom({ host: 'zoe', hostName: 'zoe' })
    const bob = await wires.member(await wires.token('bob', chatId))
    await join(bob, chatId)
    const input = { chatId: other, encryptedContent: 'x', messageId: 'x', emoji: 'x', minutes: 15, isLocked: true }
    const rest = { participantId: 'x', role: 'host', admit: true, type: 'audio' }
    const voice = { muted: true, source: 'mic', speaking: true, level: 0, raised: true, quality: 'good' }
    const ofHost = { stage: true, on: true }
    const inChats = Object.entries(messenger.clientMessages).filter(
      ([, schema]) => 'shape' in schema && 'chatId' in schema.shape,
    )
    expect(inChats.length).toBeGreaterThan(15)
    for (const [event] of inChats) {
      expect(await bob.ask(event, { ...input, ...rest, ...voice, ...ofHost })).toMatchObject({
        error: { code: 'CONVERSATION_NOT_FOUND' },
      })
    }
  })

  it('lets users know of no room that they have no place in, whatever they ask', async () => {
    const { chatId } = await chatWith(wires)
    const { message } = await wires.core.say('ann', chatId, 'hi')
    const eve = await wires.member(await wires.userToken('eve'), { transports: ['websocket'] })
    const input = { encryptedContent: 'x', messageId: message.id, emoji: '👍', minutes: 15, isLocked: true }
    const rest = { participantId: 'ann', role: 'host', admit: true, type: 'audio', reason: 'x' }
    const voice = { muted: true, source: 'mic', speaking: true, level: 0, raised: true, quality: 'good' }
    const ofHost = { stage: true, on: true }
    const inChats = Object.entries(messenger.clientMessages).filter(
      ([event, schema]) => event !== 'chat:join' && 'shape' in schema && 'chatId' in schema.shape,
    )
    for (const [event] of inChats) {
      const ask = (id: string) => eve.ask(event, { ...input, ...rest, ...voice, ...ofHost, chatId: id })
      expect(await ask(chatId), event).toEqual(await ask('0000-0000-0000'))
    }
    expect(await eve.ask('message:new', { chatId, encryptedContent: 'x' })).toMatchObject({
      error: { code: 'CONVERSATION_NOT_FOUND' },
    })
  })

  it('is all that guests can do: presence, notifications and calls need an account', async () => {
    const { chatId, ann } = await chatWith(wires)
    const events: [string, object][] = [
      ['presence:update', { status: 'busy' }],
      ['presence:subscribe', { userIds: ['bob'] }],
      ['presence:unsubscribe', { userIds: ['bob'] }],
      ['notification:get-pending', {}],
      ['notification:clear-all', {}],
      ['notification:clear', { notificationId: 'x' }],
      ['notification:read', { notificationId: 'x' }],
      ['call:initiate', { chatId, type: 'audio' }],
      ['call:answer', { callId: 'x' }],
      ['call:reject', { callId: 'x' }],
      ['call:end', { callId: 'x' }],
      ['call:ice-candidate', { callId: 'x', candidate: {} }],
    ]
    for (const [event, data] of events) {
      expect(await ann.ask(event, data)).toMatchObject({ ok: false, error: { code: 'FORBIDDEN' } })
    }
  })

  it('answers what is wrong with one of many by itself', async () => {
    const { chatId, ann } = await chatWith(wires)
    const wrong = { ok: false, error: { code: 'VALIDATION_FAILED' } }
    const since = { epoch: 'x', rev: -1 }
    expect(
      await ann.ask('chat:join-multiple', { chats: [{ chatId, since }, { chatId: 7 }, null, 'x', { chatId }] }),
    ).toMatchObject({
      ok: true,
      chats: [{ chatId, ...wrong }, { chatId: 7, ...wrong }, wrong, wrong, { chatId, ok: true, recovered: false }],
    })
    expect(await ann.ask('chat:join-multiple', { chatIds: ['', null, chatId] })).toMatchObject({
      chats: [
        { chatId: '', ...wrong },
        { chatId: null, ...wrong },
        { chatId, ok: true },
      ],
    })
    for (const none of [{ chats: [] }, { chatIds: [] }]) {
      expect(await ann.ask('chat:join-multiple', none)).toEqual({ ok: true, chats: [] })
    }
    for (const many of [{}, { chatIds: Array(201).fill(chatId) }]) {
      expect(await ann.ask('chat:join-multiple', many)).toMatchObject(wrong)
    }
  })

  it('works for many at once, each by itself', async () => {
    const { chatId, ann } = await chatWith(wires)
    await ann.ask('chat:leave', { chatId })
    const answer = await ann.ask('chat:join-multiple', { chatIds: [chatId, 'nowhere'] })
    expect(answer).toMatchObject({
      ok: true,
      chats: [
        { chatId, ok: true, recovered: false },
        { chatId: 'nowhere', ok: false, error: { code: 'CONVERSATION_NOT_FOUND' } },
      ],
    })
    const bob = await wires.member(await wires.token('bob'))
    await join(bob, chatId)
    expect(await ann.get('chat:member-joined')).toMatchObject({ userId: 'bob' })
    const { epoch, rev } = await join(ann, chatId)
    await bob.ask('message:new', { chatId, encryptedContent: 'missed?' })
    expect(await ann.ask('chat:join-multiple', { chats: [{ chatId, since: { epoch, rev } }] })).toMatchObject({
      chats: [{ recovered: true, changes: [{ event: 'message:new', data: { encryptedContent: 'missed?' } }] }],
    })
  })

  it('waits in the lobby until somebody answers', async () => {
    const chatId = await wires.core.openRoom({ hasLobby: true })
    const ann = await wires.member(await wires.token('ann'))
    await join(ann, chatId)
    const [bob, cem] = [await wires.member(await wires.token('bob')), await wires.member(await wires.token('cem'))]
    for (const member of [bob, cem]) {
      expect(await member.ask('chat:join', { chatId })).toMatchObject({ waiting: true, chat: { id: chatId } })
    }
    expect(await ann.get('room:knock')).toMatchObject({ chatId, userId: 'bob', name: 'bob' })
    await ann.ask('message:new', { chatId, encryptedContent: 'not for the lobby' })
    await ann.ask('room:admit', { chatId, participantId: 'bob', admit: true })
    await bob.get('room:admitted')
    expect(await ann.get('room:knock-answered')).toMatchObject({ chatId, userId: 'bob' })
    await join(bob, chatId)
    await ann.ask('room:admit', { chatId, participantId: 'cem', admit: false })
    await cem.get('room:refused')
    expect([contents(bob), contents(cem)]).toEqual([[], []])
    expect(wires.wires.stats().subscriptions).toBe(2)
  })

  it('leaving the chat keeps the seat, leaving the room gives it up', async () => {
    const { chatId, ann, others } = await chatWith(wires, 'bob')
    const bob = others[0] as Member
    await bob.ask('chat:leave', { chatId })
    expect(await ann.get('presence:update')).toMatchObject({ userId: 'bob' })
    await ann.ask('message:new', { chatId, encryptedContent: 'x' })
    expect(contents(bob)).toEqual([])
    await bob.ask('room:leave', { chatId })
    expect(await ann.get('chat:member-left')).toMatchObject({ userId: 'bob', reason: 'left' })
  })
})

describe('in a chat', () => {
  it('a message is its answer to its sender and an event to all others', async () => {
    const { chatId, ann, others } = await chatWith(wires, 'bob')
    const second = await wires.member(await wires.token('ann'))
    await join(second, chatId)
    const sent = await ann.ask('message:new', {
      chatId,
      encryptedContent: 'hi',
      tempId: 't1',
      metadata: { mentions: ['bob'] },
    })
    const { message } = sent as { message: Record<string, unknown> }
    expect(messenger.message.parse(message)).toMatchObject({ chatId, tempId: 't1', messageType: 'text' })
    for (const member of [second, others[0] as Member]) expect(await member.get('message:new')).toEqual(message)
    expect(await ann.ask('message:new', { chatId, encryptedContent: 'hi', tempId: 't1' })).toEqual({
      ok: true,
      message,
      duplicate: true,
    })
    expect(contents(ann)).toEqual([])
  })

  it('every durable event takes the next rev', async () => {
    const { chatId, ann, others } = await chatWith(wires, 'bob')
    const bob = others[0] as Member
    const { message } = (await ann.ask('message:new', { chatId, encryptedContent: 'hi' })) as {
      message: { id: string; rev: number }
    }
    const at = { chatId, messageId: message.id }
    const steps: [string, object, string, object][] = [
      ['message:edit', { ...at, encryptedContent: 'hi!' }, 'message:updated', { encryptedContent: 'hi!' }],
      ['reaction:new', { ...at, emoji: '👍' }, 'reaction:new', { messageId: message.id, userId: 'ann', emoji: '👍' }],
      ['reaction:remove', { ...at, emoji: '👍' }, 'reaction:removed', { userId: 'ann' }],
      ['message:delete', at, 'message:updated', { encryptedContent: '' }],
      ['room:lock', { chatId, isLocked: true }, 'chat:updated', { change: 'locked', chat: { isLocked: true } }],
      ['room:extend', { chatId, minutes: 15 }, 'chat:updated', { change: 'extended' }],
      ['room:set-role', { chatId, participantId: 'bob', role: 'moderator' }, 'chat:updated', { change: 'role' }],
    ]
    let { rev } = message
    for (const [command, data, event, fields] of steps) {
      expect(await ann.ask(command, data)).toMatchObject({ ok: true })
      rev += 1
      expect(await bob.get(event)).toMatchObject({ rev, ...fields })
    }
  })

  it('history pages both ways, and members say who is there', async () => {
    const { chatId, ann } = await chatWith(wires, 'bob')
    for (const encryptedContent of ['one', 'two', 'three']) await ann.ask('message:new', { chatId, encryptedContent })
    const page = (await ann.ask('chat:history', { chatId, limit: 2 })) as unknown as {
      messages: messenger.Message[]
      hasMore: boolean
    }
    expect(page).toMatchObject({
      hasMore: true,
      messages: [{ encryptedContent: 'two' }, { encryptedContent: 'three' }],
    })
    const before = page.messages[0]?.seq
    expect(await ann.ask('chat:history', { chatId, before })).toMatchObject({
      hasMore: false,
      messages: [{ encryptedContent: 'one' }],
    })
    expect(await ann.ask('chat:get-active-members', { chatId })).toMatchObject({
      members: [
        { userId: 'ann', name: 'ann', status: 'online' },
        { userId: 'bob', name: 'bob', status: 'online' },
      ],
    })
  })

  it('typing is told and ends', async () => {
    const { chatId, ann, others } = await chatWith(wires, 'bob')
    await ann.ask('message:typing', { chatId })
    expect(await others[0]?.get('message:typing')).toEqual({ chatId, userId: 'ann', name: 'ann' })
    await ann.ask('message:stop-typing', { chatId })
    expect(await others[0]?.get('message:stop-typing')).toEqual({ chatId, userId: 'ann' })
  })

  it('a kick ends the stay, not the connection', async () => {
    const { chatId, ann, others } = await chatWith(wires, 'bob')
    const bob = others[0] as Member
    await ann.ask('room:kick', { chatId, participantId: 'bob', ban: true })
    expect(await bob.get('room:kicked')).toEqual({ chatId, banned: true })
    await ann.ask('message:new', { chatId, encryptedContent: 'gone?' })
    expect(await bob.ask('chat:join', { chatId })).toMatchObject({ error: { code: 'KICKED' } })
    expect(contents(bob)).toEqual([])
  })

  it('the end is told before and when it comes', async () => {
    const { chatId, ann } = await chatWith(wires)
    for (let minute = 0; minute < 121; minute += 1) {
      if (minute % 20 === 0) await ann.ask('auth:refresh')
      await wires.core.clock.advance(60_000)
    }
    expect(await ann.get('chat:expiring')).toMatchObject({ chatId, minutesLeft: 5 })
    expect(await ann.get('chat:expiring')).toMatchObject({ chatId, minutesLeft: 1 })
    expect(await ann.get('chat:expired')).toEqual({ chatId })
    expect(wires.wires.stats()).toMatchObject({ topics: 0, subscriptions: 0, connections: { active: 1 } })
  })
})

describe('recovery', () => {
  it('gives exactly what was missed, as it was sent live', async () => {
    const { chatId, ann, others } = await chatWith(wires, 'bob', 'cem')
    const [bob, cem] = others as [Member, Member]
    const { epoch, rev } = await join(bob, chatId)
    bob.socket.close()
    await ann.ask('message:new', { chatId, encryptedContent: 'one' })
    await ann.ask('room:lock', { chatId, isLocked: true })
    await cem.get('chat:updated')
    const [event, data] = cem.events.find(([name]) => name === 'message:new') ?? []
    const back = await wires.member(await wires.token('bob'))
    const again = await join(back, chatId, { since: { epoch, rev } })
    expect(again.recovered).toBe(true)
    expect(again.chat.messages).toBeUndefined()
    expect(again.changes[0]).toEqual({ event, data })
    expect(again.changes.map((change) => change.data.rev)).toEqual([rev + 1, rev + 2])
    expect((await join(back, chatId, { since: { epoch: 'other', rev } })).recovered).toBe(false)
  })
})

describe('order', () => {
  it.each([
    ['polling', pollingOnly],
    ['WebSocket', webSocketOnly],
    ['polling that becomes WebSocket', {}],
  ])('is the same by %s: nothing lost, nothing twice, answers in their place', async (_name, options) => {
    await wires[Symbol.asyncDispose]()
    wires = await openWires({ rateLimits: false })
    const { chatId, ann } = await chatWith(wires)
    let talking = true
    const talk = (async () => {
      let n = 0
      for (; talking && n < 2000; n += 1) await ann.ask('message:new', { chatId, encryptedContent: `${n}` })
      return n
    })()
    const bob = await wires.member(await wires.token('bob'), options)
    const { rev } = await join(bob, chatId)
    // What Bob gets, in order: live events, and his own messages where their answers came.
    const revs: number[] = []
    bob.socket.onAny((_event: string, data: { rev?: number }) => {
      if (data.rev !== undefined) revs.push(data.rev)
    })
    for (const [, data] of bob.events) if (typeof data.rev === 'number' && data.rev > rev) revs.push(data.rev)
    for (let n = 0; n < 40; n += 1) {
      await new Promise<void>((resolve) => {
        bob.socket.emit('message:new', { chatId, encryptedContent: 'mine' }, (answer: { message: { rev: number } }) => {
          revs.push(answer.message.rev)
          resolve()
        })
      })
    }
    talking = false
    await talk
    const last = (await ann.ask('message:new', { chatId, encryptedContent: 'last' })) as { message: { rev: number } }
    await expect.poll(() => revs.at(-1)).toBe(last.message.rev)
    expect(revs).toEqual(Array.from({ length: last.message.rev - rev }, (_, n) => rev + 1 + n))
    const transport = bob.socket.io.engine.transport.name
    expect(transport).toBe(options === pollingOnly ? 'polling' : 'websocket')
  })
})

describe('both wires', () => {
  it('are one conversation', async () => {
    const { chatId, ann } = await chatWith(wires)
    const bob = await wires.raw(await wires.token('bob'))
    await bob.join(chatId)
    await ann.ask('message:new', { chatId, encryptedContent: 'from the messenger' })
    expect(await bob.event('message')).toMatchObject({ message: { text: 'from the messenger', senderId: 'ann' } })
    await bob.ask({ type: 'send_message', text: 'from the room' })
    expect(await ann.get('message:new')).toMatchObject({ encryptedContent: 'from the room', senderId: 'bob' })
  })
})
