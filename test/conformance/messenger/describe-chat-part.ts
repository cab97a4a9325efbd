import { randomBytes } from 'node:crypto'
import type { messenger } from '@parley/protocol'
import type { TestServer } from '@parley/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type MessengerClient, openMessengerClient } from '../../clients/messenger-client.ts'
import { createRestClient } from '../../clients/rest-client.ts'
import type { Transport } from '../../clients/wire-socket.ts'
import { isJoined } from './room.ts'
import { openSite, type Person, type Site } from './site.ts'

/** What the server under test tells callers of. */
export const STUN_URL = 'stun:stun.example.org:3478'

/** Starts a server on what the suite is run against, without rate limits and with `STUN_URL`. */
type StartServer = () => Promise<TestServer>

type Joined = Extract<messenger.Answer<'chat:join'>, { readonly members: unknown }>

const text = (chatId: string, encryptedContent: string, more: object = {}) =>
  ({ chatId, encryptedContent, messageType: 'text', ...more }) as const

async function join(client: MessengerClient, chatId: string, since?: { epoch: string; rev: number }): Promise<Joined> {
  const answer = await client.ask('chat:join', { chatId, ...(since === undefined ? {} : { since }) })
  if (!isJoined(answer)) throw new Error('landed in a lobby')
  return answer
}

/** What the messenger wire promises of chats, people, notifications and calls, with the official Socket.IO client. */
export function describeChatPart(start: StartServer): void {
  let server: TestServer
  beforeAll(async () => {
    server = await start()
  })
  afterAll(() => server[Symbol.asyncDispose]())

  let site: Site
  let ann: Person
  let bob: Person
  let cleo: Person
  beforeEach(({ onTestFinished }) => {
    site = openSite(server)
    onTestFinished(() => site[Symbol.dispose]())
    ann = site.person('ann')
    bob = site.person('bob')
    cleo = site.person('cleo')
  })

  describe.each<Transport>(['websocket', 'polling'])('chats over %s', (transport) => {
    it('work for their members without being joined, and look to others as if they were not there', async () => {
      const chatId = await site.group(ann, bob)
      const annsDevice = await ann.connect(transport)
      const { message } = await annsDevice.ask('message:new', text(chatId, 'Hello', { tempId: 't1' }))
      expect(message).toMatchObject({ chatId, senderId: ann.userId, senderName: 'ann', tempId: 't1' })
      await annsDevice.ask('message:edit', { chatId, messageId: message.id, encryptedContent: 'Hello!' })
      await annsDevice.ask('reaction:new', { chatId, messageId: message.id, emoji: '👍' })
      await annsDevice.ask('message:typing', { chatId })
      await annsDevice.ask('message:stop-typing', { chatId })
      const { messages } = await annsDevice.ask('chat:history', { chatId })
      expect(messages).toMatchObject([{ encryptedContent: 'Hello!', reactions: { '👍': [ann.userId] } }])

      const stranger = await cleo.connect(transport)
      const at = { chatId, messageId: message.id }
      const events: [string, object][] = [
        ['chat:join', { chatId }],
        ['chat:history', { chatId }],
        ['chat:get-active-members', { chatId }],
        ['message:new', text(chatId, 'Let me in')],
        ['message:edit', { ...at, encryptedContent: 'mine' }],
        ['message:delete', at],
        ['message:delivered', at],
        ['message:read', at],
        ['message:typing', { chatId }],
        ['message:stop-typing', { chatId }],
        ['reaction:new', { ...at, emoji: '👍' }],
        ['reaction:remove', { ...at, emoji: '👍' }],
        ['call:initiate', { chatId, type: 'audio' }],
      ]
      for (const [event, data] of events) {
        const [there, nowhere] = [
          await stranger.refused(event, data),
          await stranger.refused(event, { ...data, chatId: 'no-such-chat' }),
        ]
        expect(there.code, event).toBe('CONVERSATION_NOT_FOUND')
        expect(nowhere, event).toEqual(there)
      }
    })

    it('are paged through by the seq or the id of a message', async () => {
      const chatId = await site.direct(ann, bob)
      const [one, other] = [await ann.connect(transport), await bob.connect(transport)]
      const tempIds = ['t1', 't2', 't3', 't4', 't5']
      for (const tempId of tempIds) await one.ask('message:new', text(chatId, tempId, { tempId }))
      const pageOf = async (query: object) => {
        const { messages, hasMore } = await other.ask('chat:history', { chatId, limit: 2, ...query })
        return { texts: messages.map(({ encryptedContent }) => encryptedContent), hasMore, messages }
      }
      const newest = await pageOf({})
      expect(newest).toMatchObject({ texts: ['t4', 't5'], hasMore: true })
      const oldest = newest.messages[0]
      for (const before of [oldest?.seq, `${oldest?.seq}`, oldest?.id, 't4'])
        expect(await pageOf({ before })).toMatchObject({ texts: ['t2', 't3'], hasMore: true })
      expect(await pageOf({ after: oldest?.id })).toMatchObject({ texts: ['t5'], hasMore: false })
      const { code } = await other.refused('chat:history', { chatId, before: 'no-such-message' })
      expect(code).toBe('MESSAGE_NOT_FOUND')
    })

    it('keep the id that they were given, also one that looks like a room’s', async () => {
      for (const id of [`Project Alpha/${randomBytes(4).toString('hex')}`, `Team-${randomBytes(4).toString('hex')}`]) {
        const chatId = await site.create(ann, { id, kind: 'group', members: [{ userId: bob.userId }] })
        expect(chatId).toBe(id)
        const [one, other] = [await ann.connect(transport), await bob.connect(transport)]
        expect((await join(other, chatId)).chat.id).toBe(id)
        const { message } = await one.ask('message:new', text(chatId, 'Hello'))
        expect(message.chatId).toBe(id)
        expect(await other.next('message:new')).toEqual(message)
      }
    })

    it('tell everybody who follows them, in order, and the sender by the answer alone', async () => {
      const chatId = await site.direct(ann, bob)
      const [one, second, other] = [
        await ann.connect(transport),
        await ann.connect(transport),
        await bob.connect(transport),
      ]
      const { epoch, rev } = await join(one, chatId)
      for (const client of [second, other]) await join(client, chatId)
      const { message } = await one.ask('message:new', text(chatId, 'Hello', { tempId: 't1' }))
      for (const client of [second, other]) expect(await client.next('message:new')).toEqual(message)
      expect(await one.ask('message:new', text(chatId, 'Hello', { tempId: 't1' }))).toEqual({
        message,
        duplicate: true,
      })
      await other.ask('reaction:new', { chatId, messageId: message.id, emoji: '❤️' })
      await other.ask('reaction:remove', { chatId, messageId: message.id, emoji: '❤️' })
      await one.ask('message:delete', { chatId, messageId: message.id })
      const live = [
        { event: 'message:new', data: message },
        { event: 'reaction:new', data: await second.next('reaction:new') },
        { event: 'reaction:removed', data: await second.next('reaction:removed') },
        { event: 'message:updated', data: await second.next('message:updated') },
      ]
      expect(live.map(({ data }) => data.rev)).toEqual([1, 2, 3, 4].map((step) => rev + step))
      expect(one.received.filter(({ event }) => event === 'message:new')).toEqual([])

      const back = await bob.connect(transport)
      const again = await join(back, chatId, { epoch, rev })
      expect(again).toMatchObject({ recovered: true, rev: rev + 4 })
      // What was deleted since is not told any more: of the message only that it is gone.
      expect(again.changes.at(-1)).toEqual(live.at(-1))
      expect(again.changes.map(({ event }) => event)).toEqual(live.map(({ event }) => event))
      expect((await join(back, chatId, { epoch: 'another', rev })).recovered).toBe(false)
    })

    it('are joined many at once, one bad one not failing the others', async () => {
      const chats = [await site.direct(ann, bob), await site.group(ann, cleo), await site.group(bob, cleo)]
      const client = await ann.connect(transport)
      const { chats: results } = await client.ask('chat:join-multiple', { chatIds: chats })
      expect(results).toMatchObject([
        { chatId: chats[0], ok: true, recovered: false },
        { chatId: chats[1], ok: true },
        { chatId: chats[2], ok: false, error: { code: 'CONVERSATION_NOT_FOUND' } },
      ])
    })
  })

  describe('members', () => {
    it('hear of a new name, of who comes and of who goes', async () => {
      const chatId = await site.group(ann, bob)
      const client = await bob.connect()
      await join(client, chatId)
      await site.call(ann, 'PATCH', `/api/conversations/${chatId}`, { name: 'Coffee' })
      expect(await client.next('chat:updated')).toMatchObject({ change: 'renamed', chat: { name: 'Coffee' } })
      await site.call(ann, 'POST', `/api/conversations/${chatId}/members`, { members: [{ userId: cleo.userId }] })
      expect(await client.next('chat:member-joined')).toMatchObject({ userId: cleo.userId })
      const cleosDevice = await cleo.connect()
      await join(cleosDevice, chatId)
      await site.call(ann, 'DELETE', `/api/conversations/${chatId}/members`, { userId: cleo.userId })
      expect(await client.next('chat:member-left')).toMatchObject({ userId: cleo.userId, reason: 'kicked' })
      expect((await cleosDevice.refused('chat:history', { chatId })).code).toBe('CONVERSATION_NOT_FOUND')
      await client.ask('message:new', text(chatId, 'Between us'))
      await cleosDevice.ask('notification:get-pending', {})
      expect(cleosDevice.received.filter(({ event }) => event === 'message:new')).toEqual([])
    })

    it('are active while they are connected and want to be seen', async () => {
      const chatId = await site.group(ann, bob, cleo)
      const client = await ann.connect()
      const other = await bob.connect()
      await other.ask('presence:update', { status: 'busy' })
      const active = async () => (await client.ask('chat:get-active-members', { chatId })).members
      expect((await active()).sort((one, two) => one.userId.localeCompare(two.userId))).toMatchObject([
        { userId: ann.userId, status: 'online' },
        { userId: bob.userId, status: 'busy' },
      ])
      await other.ask('presence:update', { status: 'offline' })
      expect((await active()).map(({ userId }) => userId)).toEqual([ann.userId])
      const { members } = await join(client, chatId)
      expect(members.find(({ userId }) => userId === bob.userId)).toMatchObject({ online: false, status: 'offline' })
    })
  })

  describe('receipts', () => {
    it('go up to a message, only forward, are told, and stand in the answer to chat:join', async () => {
      const chatId = await site.direct(ann, bob)
      const [one, other, second] = [await ann.connect(), await bob.connect(), await bob.connect()]
      for (const client of [one, other, second]) await join(client, chatId)
      const sent: messenger.Message[] = []
      for (const word of ['one', 'two']) sent.push((await one.ask('message:new', text(chatId, word))).message)
      const [first, last] = sent as [messenger.Message, messenger.Message]
      await other.ask('message:delivered', { chatId, messageId: last.id })
      const delivered = { chatId, messageId: last.id, userId: bob.userId, seq: last.seq }
      expect(await one.next('message:delivered')).toMatchObject(delivered)
      await other.ask('message:read', { chatId, messageId: first.id })
      expect(await one.next('message:read')).toMatchObject({ messageId: first.id, userId: bob.userId, seq: first.seq })
      expect(await second.next('message:read')).toMatchObject({ messageId: first.id })
      // Known already: not told again.
      await other.ask('message:delivered', { chatId, messageId: first.id })
      await other.ask('message:read', { chatId, messageId: first.id })
      await other.ask('message:read', { chatId, messageId: last.id })
      expect(await one.next('message:read')).toMatchObject({ messageId: last.id })
      expect(one.received.filter(({ event }) => event === 'message:delivered')).toHaveLength(1)
      expect(other.received.filter(({ event }) => event === 'message:read')).toEqual([])
      const { cursors } = await join(one, chatId)
      expect(cursors[bob.userId]).toEqual({ delivered: last.seq, read: last.seq })
      expect((await other.refused('message:read', { chatId, messageId: 'none' })).code).toBe('MESSAGE_NOT_FOUND')
    })
  })

  describe('presence', () => {
    it('is told of those one follows and shares a chat with, and of nobody else', async () => {
      await site.direct(ann, bob)
      const client = await ann.connect()
      const { users } = await client.ask('presence:subscribe', { userIds: [bob.userId, cleo.userId, 'nobody'] })
      expect(users).toEqual([{ userId: bob.userId, status: 'offline', lastSeen: 0 }])
      await cleo.connect()
      const device = await bob.connect()
      expect(await client.next('presence:update')).toMatchObject({ userId: bob.userId, status: 'online' })
      await device.ask('presence:update', { status: 'busy', customStatus: 'Baking' })
      expect(await client.next('presence:update')).toMatchObject({ status: 'busy', customStatus: 'Baking' })
      const before = Date.now()
      device.socket.close()
      const gone = await client.next('presence:update')
      expect(gone).toMatchObject({ userId: bob.userId, status: 'offline' })
      expect(gone.lastSeen).toBeGreaterThanOrEqual(before - 1000)
      expect((await client.ask('presence:subscribe', { userIds: [bob.userId] })).users).toEqual([gone])

      await client.ask('presence:unsubscribe', { userIds: [bob.userId] })
      await bob.connect()
      await client.ask('notification:get-pending', {})
      const told = client.received.filter(({ event }) => event === 'presence:update')
      expect(told.map(({ data }) => data.userId)).toEqual([bob.userId, bob.userId, bob.userId])
    })

    it('hides the invisible, who see the same themselves on their other devices', async () => {
      await site.direct(ann, bob)
      const client = await ann.connect()
      const device = await bob.connect()
      await client.ask('presence:subscribe', { userIds: [bob.userId] })
      const second = await bob.connect()
      await device.ask('presence:update', { status: 'offline' })
      expect(await client.next('presence:update')).toMatchObject({ userId: bob.userId, status: 'offline' })
      expect(await second.next('presence:update')).toMatchObject({ userId: bob.userId, status: 'offline' })
      await bob.connect()
      await device.ask('presence:update', { status: 'offline', customStatus: 'here all the same' })
      const { users } = await client.ask('presence:subscribe', { userIds: [bob.userId] })
      expect(users).toMatchObject([{ status: 'offline' }])
      expect(users[0]).not.toHaveProperty('customStatus')
      expect(client.received.filter(({ event }) => event === 'presence:update')).toHaveLength(1)
    })
  })

  describe('notifications', () => {
    it('wait for those who are away, and are counted when they come', async () => {
      const direct = await site.direct(ann, bob)
      const group = await site.group(ann, bob)
      const client = await ann.connect()
      await client.ask('message:new', text(direct, 'Are you there?'))
      await client.ask('message:new', text(group, 'Anyone?'))
      await client.ask('message:new', text(group, '@bob?', { metadata: { mentions: [bob.userId] } }))
      const device = await bob.connect()
      const { pendingNotifications, userId } = device.hello
      expect(userId).toBe(bob.userId)
      const { notifications } = await device.ask('notification:get-pending', {})
      expect(notifications).toHaveLength(pendingNotifications)
      const about = notifications.filter(({ kind }) => kind !== 'event').map(({ kind, chatId }) => [kind, chatId])
      expect(about).toEqual([
        ['message', direct],
        ['mention', group],
      ])
      expect(notifications.filter(({ kind }) => kind === 'event').map(({ chatId }) => chatId)).toContain(group)
      expect(JSON.stringify(notifications)).not.toContain('Are you there?')
    })

    it('come live, and once seen are gone on all devices', async () => {
      const chatId = await site.direct(ann, bob)
      const [device, second] = [await bob.connect(), await bob.connect()]
      await device.ask('notification:clear-all', {})
      const client = await ann.connect()
      const { message } = await client.ask('message:new', text(chatId, 'One'))
      const news = await device.next('notification:new')
      expect(news).toMatchObject({ kind: 'message', chatId, messageId: message.id, seq: message.seq })
      expect(await second.next('notification:new')).toEqual(news)
      await device.ask('notification:read', { notificationId: news.id })
      await second.next('notification:cleared', ({ notificationIds }) => notificationIds.includes(news.id))
      expect((await second.refused('notification:clear', { notificationId: news.id })).code).toBe(
        'NOTIFICATION_NOT_FOUND',
      )
      const next = (await client.ask('message:new', text(chatId, 'Two'))).message
      const unread = await second.next('notification:new')
      await device.ask('message:read', { chatId, messageId: next.id })
      await second.next('notification:cleared', ({ notificationIds }) => notificationIds.includes(unread.id))
      expect((await device.ask('notification:get-pending', {})).notifications).toEqual([])
      expect(client.received.filter(({ event }) => event === 'notification:new')).toEqual([])
    })

    it('say to those who were added to a chat that they were', async () => {
      const device = await bob.connect()
      const chatId = await site.group(ann, bob)
      expect(await device.next('notification:new')).toMatchObject({ kind: 'event', chatId })
    })
  })

  describe('calls', () => {
    const offer = { type: 'offer', sdp: 'v=0' }
    const answer = { type: 'answer', sdp: 'v=0' }

    it('ring every device, are answered on one, and end for both', async () => {
      const chatId = await site.direct(ann, bob)
      const [caller, first, second] = [await ann.connect(), await bob.connect(), await bob.connect()]
      const { call, iceServers } = await caller.ask('call:initiate', { chatId, type: 'video', offer })
      expect(call).toMatchObject({ chatId, callerId: ann.userId, type: 'video', state: 'ringing' })
      expect(iceServers).toEqual([{ urls: STUN_URL }])
      const callId = call.id
      for (const device of [first, second]) {
        expect(await device.next('call:incoming')).toEqual({ call, offer, from: { userId: ann.userId, name: 'ann' } })
      }
      await caller.ask('call:ice-candidate', { callId, candidate: { sdpMid: '0' } })
      for (const device of [first, second]) {
        expect(await device.next('call:ice-candidate')).toEqual({
          callId,
          from: ann.userId,
          candidate: { sdpMid: '0' },
        })
      }
      const answered = await second.ask('call:answer', { callId, answer })
      expect(answered).toMatchObject({ call: { id: callId, state: 'active' }, iceServers })
      expect(await first.next('call:end')).toEqual({ callId, chatId, reason: 'answered-elsewhere' })
      expect(await caller.next('call:answer')).toEqual({ callId, call: answered.call, userId: bob.userId, answer })
      expect((await first.refused('call:answer', { callId })).code).toBe('CONFLICT')
      await second.ask('call:ice-candidate', { callId, candidate: 'c', to: ann.userId })
      expect(await caller.next('call:ice-candidate')).toMatchObject({ from: bob.userId, candidate: 'c' })
      await caller.ask('call:end', { callId })
      expect(await second.next('call:end')).toEqual({ callId, chatId, reason: 'hangup' })
      for (const event of ['call:answer', 'call:ice-candidate']) {
        expect((await second.refused(event, { callId, candidate: 1 })).code).toBe('CALL_NOT_FOUND')
      }
      expect(first.received.filter(({ event }) => event === 'call:end')).toHaveLength(1)
    })

    it('that are rejected end, on the other devices too', async () => {
      const chatId = await site.direct(ann, bob)
      const [caller, first, second] = [await ann.connect(), await bob.connect(), await bob.connect()]
      const { call } = await caller.ask('call:initiate', { chatId, type: 'audio' })
      await first.ask('call:reject', { callId: call.id, reason: 'Later' })
      expect(await caller.next('call:reject')).toMatchObject({ callId: call.id, userId: bob.userId, reason: 'Later' })
      expect((await caller.next('call:end')).reason).toBe('rejected')
      expect((await second.next('call:end')).reason).toBe('rejected')
    })

    it('reach somebody who comes while it rings', async () => {
      const chatId = await site.direct(ann, bob)
      const caller = await ann.connect()
      const { call } = await caller.ask('call:initiate', { chatId, type: 'audio', offer })
      const device = await bob.connect()
      expect(await device.next('call:incoming')).toMatchObject({ call: { id: call.id }, offer })
      expect(device.received[0]?.event).toBe('connected')
    })

    it('that the caller gives up leave a missed call', async () => {
      const chatId = await site.direct(ann, bob)
      const [caller, device] = [await ann.connect(), await bob.connect()]
      await device.ask('notification:clear-all', {})
      const { call } = await caller.ask('call:initiate', { chatId, type: 'audio' })
      await caller.ask('call:end', { callId: call.id })
      expect((await device.next('call:end')).reason).toBe('hangup')
      const missed = await device.next('notification:new')
      expect(missed).toMatchObject({ kind: 'call', chatId, data: { callId: call.id, fromId: ann.userId } })
      expect((await device.ask('notification:get-pending', {})).notifications).toEqual([missed])
    })

    it('that cross are one', async () => {
      const chatId = await site.direct(ann, bob)
      const [one, other] = [await ann.connect(), await bob.connect()]
      const both = await Promise.all(
        [one, other].map((client) => client.ask('call:initiate', { chatId, type: 'audio', offer })),
      )
      expect(both[0]?.call.id).toBe(both[1]?.call.id)
      expect(both.map(({ call }) => call.state).sort()).toEqual(['active', 'ringing'])
    })

    it('to somebody who is in one are busy', async () => {
      const [pair, chatId] = [await site.direct(bob, cleo), await site.direct(ann, bob)]
      const [caller, device, third] = [await ann.connect(), await bob.connect(), await cleo.connect()]
      const { call } = await device.ask('call:initiate', { chatId: pair, type: 'audio' })
      await third.ask('call:answer', { callId: call.id })
      const refused = (await caller.ask('call:initiate', { chatId, type: 'audio' })).call
      expect(refused).toMatchObject({ state: 'ended', endReason: 'busy' })
      expect(await caller.next('call:end')).toEqual({ callId: refused.id, chatId, reason: 'busy' })
      const missed = await device.next('notification:new', ({ kind }) => kind === 'call')
      expect(missed.data).toMatchObject({ callId: refused.id })
      expect(device.received.filter(({ event }) => event === 'call:incoming')).toEqual([])
    })

    it('in groups go on with those who are in them', async () => {
      const chatId = await site.group(ann, bob, cleo)
      const [one, other, third] = [await ann.connect(), await bob.connect(), await cleo.connect()]
      const { call } = await one.ask('call:initiate', { chatId, type: 'audio' })
      const callId = call.id
      await other.ask('call:answer', { callId })
      await third.ask('call:reject', { callId })
      expect(await one.next('call:reject')).toMatchObject({ userId: cleo.userId })
      expect((await third.ask('call:initiate', { chatId, type: 'audio' })).call).toMatchObject({
        id: callId,
        state: 'active',
      })
      await one.ask('call:end', { callId })
      expect(await other.next('call:reject', ({ userId }) => userId === ann.userId)).toMatchObject({ reason: 'left' })
      await other.ask('call:end', { callId })
      expect(await third.next('call:end')).toEqual({ callId, chatId, reason: 'hangup' })
    })

    it('are nothing for guests, nor in rooms', async () => {
      const { roomId, token } = await createRestClient(server.url).createRoom()
      using guest = await openMessengerClient(server.url, token)
      await join(guest, roomId)
      expect((await guest.refused('call:initiate', { chatId: roomId, type: 'audio' })).code).toBe('FORBIDDEN')
      expect((await guest.refused('presence:subscribe', { userIds: [ann.userId] })).code).toBe('FORBIDDEN')
      const user = await bob.connect()
      await join(user, roomId)
      expect((await user.refused('call:initiate', { chatId: roomId, type: 'audio' })).code).toBe('FORBIDDEN')
    })
  })
}
