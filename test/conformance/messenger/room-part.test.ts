import { randomBytes } from 'node:crypto'
import { type SpawnedServer, spawnServer } from '@parley/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openMessengerClient } from '../../clients/messenger-client.ts'
import { createRestClient } from '../../clients/rest-client.ts'
import type { Transport } from '../../clients/wire-socket.ts'
import { isJoined, openRoom, userOf } from './room.ts'

let server: SpawnedServer
beforeAll(async () => {
  server = await spawnServer({
    NODE_ENV: 'test',
    JWT_SECRET: randomBytes(36).toString('base64'),
    RATE_LIMITS: 'off',
  })
})
afterAll(() => server.stop())

const text = (chatId: string, encryptedContent: string, more: { tempId?: string; replyToId?: string } = {}) =>
  ({ chatId, encryptedContent, messageType: 'text', ...more }) as const

describe.each<Transport>(['websocket', 'polling'])('the room part of the messenger wire over %s', (transport) => {
  const open = (wish: Parameters<typeof openRoom>[2] = {}) => openRoom(server.url, transport, wish)

  it('says who is connected, at once', async () => {
    using room = await open()
    const hello = await room.host.client.next('connected')
    expect(hello).toMatchObject({ userId: room.host.userId, pendingNotifications: 0 })
  })

  it('answers chat:join with the chat, its members and where it stands', async () => {
    using room = await open({ name: 'Tea', maxParticipants: 7 })
    const bob = await room.add('Bob')
    expect(bob.joined).toMatchObject({ recovered: false, changes: [] })
    expect(bob.joined.chat).toMatchObject({ name: 'Tea', maxParticipants: 7, hostId: room.host.userId, messages: [] })
    expect(bob.joined.members.map(({ name, role }) => [name, role])).toEqual([
      ['Ann', 'host'],
      ['Bob', bob.joined.members[1]?.role],
    ])
    await room.host.client.next('chat:member-joined', ({ userId }) => userId === bob.userId)
  })

  it('gives the sender the answer, the others the message, and the other devices of the sender too', async () => {
    using room = await open()
    const bob = await room.add('Bob')
    const tablet = await room.again(room.host)
    const { message, duplicate } = await room.host.client.ask(
      'message:new',
      text(room.chatId, 'Hello', { tempId: 't1' }),
    )
    expect(duplicate).toBe(false)
    expect(message).toMatchObject({
      encryptedContent: 'Hello',
      senderId: room.host.userId,
      senderName: 'Ann',
      reactions: {},
    })
    expect(await bob.client.next('message:new')).toMatchObject({ id: message.id, seq: message.seq, rev: message.rev })
    expect(await tablet.client.next('message:new')).toMatchObject({ id: message.id, tempId: 't1' })

    const after = await bob.client.ask('message:new', text(room.chatId, 'Hi'))
    await room.host.client.next('message:new', ({ id }) => id === after.message.id)
    expect(room.host.client.received.filter(({ event }) => event === 'message:new')).toHaveLength(1)
  })

  it('stores a tempId once, whatever the number of tries', async () => {
    using room = await open()
    const bob = await room.add('Bob')
    const send = () => room.host.client.ask('message:new', text(room.chatId, 'Once', { tempId: 'same' }))
    const answers = await Promise.all([send(), send(), send()])
    expect(new Set(answers.map(({ message }) => message.id)).size).toBe(1)
    expect(answers.filter(({ duplicate }) => duplicate)).toHaveLength(2)
    const marker = await room.host.client.ask('message:new', text(room.chatId, 'Marker'))
    await bob.client.next('message:new', ({ id }) => id === marker.message.id)
    expect(bob.client.received.filter(({ event }) => event === 'message:new')).toHaveLength(2)
  })

  it('takes up to 64 KiB of content, and no more', async () => {
    using room = await open()
    const { message } = await room.host.client.ask('message:new', text(room.chatId, 'x'.repeat(65_536)))
    expect(message.encryptedContent).toHaveLength(65_536)
    for (const content of ['x'.repeat(65_537), 'é'.repeat(32_769), '']) {
      const refusal = await room.host.client.refused('message:new', text(room.chatId, content))
      expect(refusal.code).toBe('VALIDATION_FAILED')
    }
  })

  it('tells edits and deletions as message:updated, in order', async () => {
    using room = await open()
    const bob = await room.add('Bob')
    const { message } = await room.host.client.ask('message:new', text(room.chatId, 'Helo'))
    const named = { chatId: room.chatId, messageId: message.id }
    await room.host.client.ask('message:edit', { ...named, encryptedContent: 'Hello' })
    expect(await bob.client.next('message:updated')).toMatchObject({
      encryptedContent: 'Hello',
      seq: message.seq,
      rev: message.rev + 1,
      editedAt: expect.any(Number),
    })
    expect((await bob.client.refused('message:edit', { ...named, encryptedContent: 'Mine' })).code).toBe('FORBIDDEN')
    expect((await bob.client.refused('message:delete', named)).code).toBe('FORBIDDEN')
    await room.host.client.ask('message:delete', named)
    expect(await bob.client.next('message:updated')).toMatchObject({
      encryptedContent: '',
      rev: message.rev + 2,
      deletedAt: expect.any(Number),
    })
  })

  it('keeps how far everybody has read, for those who come back', async () => {
    using room = await open()
    const bob = await room.add('Bob')
    const { message } = await room.host.client.ask('message:new', text(room.chatId, 'News'))
    await bob.client.ask('message:read', { chatId: room.chatId, messageId: message.id })
    expect(await room.host.client.next('message:read')).toMatchObject({ userId: bob.userId, seq: message.seq })
    const { joined } = await room.again(room.host)
    expect(joined.cursors[bob.userId]).toEqual({ delivered: message.seq, read: message.seq })
  })

  it('adds and removes reactions', async () => {
    using room = await open()
    const bob = await room.add('Bob')
    const { message } = await room.host.client.ask('message:new', text(room.chatId, 'News'))
    const reaction = { chatId: room.chatId, messageId: message.id, emoji: '🎉' }
    await bob.client.ask('reaction:new', reaction)
    expect(await room.host.client.next('reaction:new')).toMatchObject({ ...reaction, userId: bob.userId })
    await bob.client.ask('reaction:new', reaction)
    await bob.client.ask('reaction:remove', reaction)
    const removed = await room.host.client.next('reaction:removed')
    expect(removed).toMatchObject({ ...reaction, rev: message.rev + 2 })
  })

  it('carries a reply', async () => {
    using room = await open()
    const bob = await room.add('Bob')
    const { message } = await room.host.client.ask('message:new', text(room.chatId, 'Tea?'))
    await bob.client.ask('message:new', text(room.chatId, 'Yes', { replyToId: message.id }))
    expect(await room.host.client.next('message:new')).toMatchObject({ replyToId: message.id })
  })

  it('tells typing to the others', async () => {
    using room = await open()
    const bob = await room.add('Bob')
    await bob.client.ask('message:typing', { chatId: room.chatId })
    expect(await room.host.client.next('message:typing')).toMatchObject({ userId: bob.userId, name: 'Bob' })
    await bob.client.ask('message:stop-typing', { chatId: room.chatId })
    await room.host.client.next('message:stop-typing', ({ userId }) => userId === bob.userId)
  })

  it('tells who comes online and goes offline', async () => {
    using room = await open()
    const bob = await room.add('Bob')
    bob.client.socket.close()
    await room.host.client.next(
      'presence:update',
      ({ userId, status }) => userId === bob.userId && status === 'offline',
    )
    const active = await room.host.client.ask('chat:get-active-members', { chatId: room.chatId })
    expect(active.members.map(({ name }) => name)).toEqual(['Ann'])
    await room.again(bob)
    await room.host.client.next('presence:update', ({ userId, status }) => userId === bob.userId && status === 'online')
  })

  it('pages through the history in both directions', async () => {
    using room = await open()
    const seqs: number[] = []
    for (let number = 0; number < 12; number++) {
      seqs.push((await room.host.client.ask('message:new', text(room.chatId, `${number}`))).message.seq)
    }
    const page = async (query: { before?: number; after?: number }) => {
      const { messages, hasMore } = await room.host.client.ask('chat:history', {
        chatId: room.chatId,
        limit: 5,
        ...query,
      })
      return { seqs: messages.map(({ seq }) => seq), hasMore }
    }
    expect(await page({})).toEqual({ seqs: seqs.slice(7), hasMore: true })
    expect(await page({ before: seqs[7] ?? 0 })).toEqual({ seqs: seqs.slice(2, 7), hasMore: true })
    expect(await page({ before: seqs[2] ?? 0 })).toEqual({ seqs: seqs.slice(0, 2), hasMore: false })
    expect(await page({ after: seqs[8] ?? 0 })).toEqual({ seqs: seqs.slice(9), hasMore: false })
  })

  it('gives exactly what was missed since a position, as it was sent live', async () => {
    using room = await open()
    const [bob, cleo] = [await room.add('Bob'), await room.add('Cleo')]
    const seen = await room.host.client.ask('message:new', text(room.chatId, 'Seen'))
    bob.client.socket.close()
    const missed = await cleo.client.ask('message:new', text(room.chatId, 'Missed'))
    await cleo.client.ask('reaction:new', { chatId: room.chatId, messageId: missed.message.id, emoji: '👀' })
    await cleo.client.ask('message:edit', {
      chatId: room.chatId,
      messageId: missed.message.id,
      encryptedContent: 'Edited',
    })
    await room.host.client.ask('room:lock', { chatId: room.chatId, isLocked: true })
    await room.host.client.next('chat:updated')

    const { joined } = await room.again(bob, { epoch: bob.joined.epoch, rev: seen.message.rev })
    expect(joined.recovered).toBe(true)
    expect(joined.chat.messages ?? []).toEqual([])
    const isLater = (rev: unknown) => typeof rev === 'number' && rev > seen.message.rev
    expect(joined.changes).toEqual(room.host.client.received.filter(({ data }) => isLater(data.rev)))
    expect(joined.changes.map(({ event }) => event)).toEqual([
      'message:new',
      'reaction:new',
      'message:updated',
      'chat:updated',
    ])
    expect(joined.rev).toBe(seen.message.rev + 4)
  })

  it('gives a fresh view for a position that it can not serve', async () => {
    using room = await open()
    await room.host.client.ask('message:new', text(room.chatId, 'Here'))
    const { epoch, rev } = room.host.joined
    for (const since of [
      { epoch: 'another', rev },
      { epoch, rev: rev + 1000 },
    ]) {
      const { joined } = await room.again(room.host, since)
      expect(joined).toMatchObject({ recovered: false, changes: [] })
      expect(joined.chat.messages?.map(({ encryptedContent }) => encryptedContent)).toEqual(['Here'])
    }
  })

  it('joins several chats, and one bad chat does not fail the others', async () => {
    using room = await open()
    const client = await room.connect(room.host.token)
    const { chats } = await client.ask('chat:join-multiple', {
      chats: [{ chatId: room.chatId }, { chatId: '0000-0000-0000' }],
    })
    expect(chats).toHaveLength(2)
    expect(chats[0]).toMatchObject({ ok: true })
    expect(chats[1]).toMatchObject({ ok: false, error: { code: expect.stringMatching(/NOT_FOUND|FORBIDDEN/) } })
    const byIds = await client.ask('chat:join-multiple', { chatIds: [room.chatId] })
    expect(byIds.chats).toHaveLength(1)
  })

  it('hears nothing of a chat that it left, and keeps the seat', async () => {
    using room = await open()
    const bob = await room.add('Bob')
    await bob.client.ask('chat:leave', { chatId: room.chatId })
    await room.host.client.ask('message:new', text(room.chatId, 'Unheard'))
    const { joined } = await room.again(bob)
    expect(joined.members.map(({ name }) => name)).toEqual(['Ann', 'Bob'])
    await bob.client.ask('chat:join', { chatId: room.chatId })
    const marker = await room.host.client.ask('message:new', text(room.chatId, 'Heard'))
    await bob.client.next('message:new', ({ id }) => id === marker.message.id)
    const heard = bob.client.received.filter(({ event }) => event === 'message:new')
    expect(heard.map(({ data }) => data.encryptedContent)).toEqual(['Heard'])
  })

  it('gives up the seat with room:leave', async () => {
    using room = await open()
    const bob = await room.add('Bob')
    await bob.client.ask('room:leave', { chatId: room.chatId })
    expect(await room.host.client.next('chat:member-left')).toMatchObject({ userId: bob.userId, reason: 'left' })
    expect((await bob.client.refused('message:new', text(room.chatId, 'Still here?'))).code).toBe('NOT_IN_ROOM')
  })

  it('lets the host lock, extend and hand out roles, and nobody else', async () => {
    using room = await open()
    const { chatId, host } = room
    const bob = await room.add('Bob')
    for (const [event, data] of [
      ['room:lock', { chatId, isLocked: true }],
      ['room:extend', { chatId, minutes: 5 }],
      ['room:set-role', { chatId, participantId: host.userId, role: 'listener' }],
      ['room:kick', { chatId, participantId: host.userId }],
    ] as const) {
      expect((await bob.client.refused(event, data)).code, event).toBe('FORBIDDEN')
    }
    await host.client.ask('room:lock', { chatId, isLocked: true })
    expect(await bob.client.next('chat:updated')).toMatchObject({ change: 'locked', chat: { isLocked: true } })
    const { expiresAt } = await host.client.ask('room:extend', { chatId, minutes: 5 })
    expect(await bob.client.next('chat:updated')).toMatchObject({ change: 'extended', chat: { expiresAt } })
    await host.client.ask('room:set-role', { chatId, participantId: bob.userId, role: 'host' })
    const passed = await bob.client.next('chat:updated', ({ change }) => change === 'role')
    expect(passed).toMatchObject({ chat: { hostId: bob.userId }, byId: host.userId })
    await bob.client.ask('room:lock', { chatId, isLocked: false })
  })

  it('removes for good with a ban', async () => {
    using room = await open()
    const bob = await room.add('Bob')
    await room.host.client.ask('room:kick', { chatId: room.chatId, participantId: bob.userId, ban: true })
    expect(await bob.client.next('room:kicked')).toEqual({ chatId: room.chatId, banned: true })
    expect(await room.host.client.next('chat:member-left')).toMatchObject({ userId: bob.userId, reason: 'kicked' })
    const again = await room.connect(bob.token)
    expect((await again.refused('chat:join', { chatId: room.chatId })).code).toBe('KICKED')
  })

  it('lets people wait in the lobby until the host decides', async () => {
    using room = await open({ lobby: true })
    const rest = createRestClient(server.url)
    const knock = async (name: string) => {
      const { token } = await rest.joinRoom(room.chatId, name)
      const client = await room.connect(token)
      const answer = await client.ask('chat:join', { chatId: room.chatId })
      expect(isJoined(answer)).toBe(false)
      const { userId } = await room.host.client.next('room:knock', (data) => data.name === name)
      expect(userId).toBe(userOf(token))
      return { client, userId }
    }
    const bob = await knock('Bob')
    expect((await bob.client.refused('message:new', text(room.chatId, 'Let me in'))).code).toBe('NOT_IN_ROOM')
    await room.host.client.ask('room:admit', { chatId: room.chatId, participantId: bob.userId, admit: true })
    await bob.client.next('room:admitted')
    expect(isJoined(await bob.client.ask('chat:join', { chatId: room.chatId }))).toBe(true)

    const cleo = await knock('Cleo')
    await room.host.client.ask('room:admit', { chatId: room.chatId, participantId: cleo.userId, admit: false })
    await cleo.client.next('room:refused')
  })

  it('renews a guest token, and takes a newer one', async () => {
    using room = await open()
    const { token, expiresAt } = await room.host.client.ask('auth:refresh', {})
    expect(userOf(token)).toBe(room.host.userId)
    expect(expiresAt).toBeGreaterThan(Date.now() + 3_000_000)
    expect(await room.host.client.ask('auth:refresh', { token })).toMatchObject({ expiresAt })
    expect((await room.host.client.refused('auth:refresh', { token: 'nonsense' })).code).toBe('UNAUTHENTICATED')
  })

  it('says why a token is refused', async () => {
    for (const token of ['nonsense', 'a.b.c']) {
      await expect(openMessengerClient(server.url, token, transport)).rejects.toMatchObject({
        data: { code: 'UNAUTHENTICATED' },
      })
    }
  })

  it('answers unknown events and wrong data, and stays connected', async () => {
    using room = await open()
    expect((await room.host.client.refused('dance', {})).code).toBe('UNKNOWN_EVENT')
    expect((await room.host.client.refused('message:new', { chatId: room.chatId })).code).toBe('VALIDATION_FAILED')
    expect((await room.host.client.refused('message:new', null)).code).toBe('VALIDATION_FAILED')
    expect(room.host.client.socket.connected).toBe(true)
  })

  it('tells a failure as an event when there is no callback', async () => {
    using room = await open()
    room.host.client.socket.emit('message:edit', { chatId: room.chatId, messageId: 'none', encryptedContent: 'x' })
    expect(await room.host.client.next('error')).toMatchObject({ code: 'MESSAGE_NOT_FOUND', event: 'message:edit' })
  })

  it('shows a stranger nothing', async () => {
    using room = await open({ password: 'sesame' })
    const stranger = await room.connect(await createRestClient(server.url).login('Eve'))
    const unknown = await stranger.refused('chat:history', { chatId: '0000-0000-0000' })
    const closed = await stranger.refused('chat:history', { chatId: room.chatId })
    expect(closed).toEqual(unknown)
    expect((await stranger.refused('message:new', text(room.chatId, 'Hello?'))).code).toBe('NOT_IN_ROOM')
  })
})
