import type { Message } from '@parley/protocol/messenger'
import { describe, expect, test } from 'vitest'
import { createParleyClient } from './parley-client.ts'
import { createFakeClock } from './testing/fake-clock.ts'
import { createModelChat } from './testing/model-chat.ts'
import { createRandom } from './testing/random.ts'
import { createScriptedDevice } from './testing/scripted-device.ts'
import { createScriptedLines } from './testing/scripted-line.ts'

/** A chat whose server is the test; `u1` is us. */
async function setUp() {
  const clock = createFakeClock()
  const device = createScriptedDevice()
  const { openLine, lines } = createScriptedLines()
  const server = createModelChat(createRandom(1))
  const client = createParleyClient({ getToken: () => 'token' }, { clock, device, openLine, random: () => 0.5 })
  const chat = client.openChat('c1')
  const line = () => {
    const last = lines.at(-1)
    if (last === undefined) throw new Error('no line was opened')
    return last
  }
  /** The oldest request of this kind that is not answered. */
  const request = (event: string) => {
    const { requests } = line()
    const index = requests.findIndex((each) => each.event === event)
    const [found] = index < 0 ? [] : requests.splice(index, 1)
    if (found === undefined) throw new Error(`no ${event} among ${requests.map((each) => each.event)}`)
    return {
      data: found.data,
      async answer(data: object) {
        found.answer({ ok: true, ...data })
        await clock.advance(0)
      },
      async refuse(code: string, retryAfterMs?: number) {
        found.answer({ ok: false, error: { code, message: 'no', retryAfterMs } })
        await clock.advance(0)
      },
    }
  }
  const asked = (event: string): boolean => line().requests.some((each) => each.event === event)
  const connect = async () => {
    client.connect()
    await clock.advance(0)
    line().greet(clock.now())
  }
  const join = async () => {
    await connect()
    await request('chat:join').answer(server.join(null, 0))
  }
  const tell = (event: string, data: object) => line().listener.event(event, { chatId: 'c1', ...data })
  await clock.advance(0)
  return { clock, device, server, client, chat, line, request, asked, connect, join, tell }
}

const texts = (chat: { getSnapshot(): { timeline: readonly object[] } }): unknown[] =>
  chat.getSnapshot().timeline.map((item) => ('message' in item ? (item.message as Message).encryptedContent : item))

describe('joining', () => {
  test('is tried again when the server is busy, fails, limits us or does not answer', async () => {
    const { asked, chat, clock, connect, request, server } = await setUp()
    await connect()
    for (const code of ['UNAVAILABLE', 'INTERNAL']) {
      await request('chat:join').refuse(code)
      expect(asked('chat:join')).toBe(false)
      await clock.advance(2000)
    }
    await request('chat:join').refuse('RATE_LIMITED', 9000)
    await clock.advance(8999)
    expect(asked('chat:join')).toBe(false)
    await clock.advance(1)
    expect(chat.getSnapshot().phase).toBe('joining')
    await request('chat:join').answer(server.join(null, 0))
    expect(chat.getSnapshot().phase).toBe('joined')
  })

  test.each([
    ['ROOM_EXPIRED', 'expired'],
    ['KICKED', 'kicked'],
    ['ROOM_FULL', 'failed'],
    ['CONVERSATION_NOT_FOUND', 'failed'],
  ])('refused with %s it is %s, for good', async (code, phase) => {
    const { asked, chat, client, clock, connect, line, request } = await setUp()
    await connect()
    await request('chat:join').refuse(code)
    expect(chat.getSnapshot()).toMatchObject({ phase, error: { code, message: 'no' } })
    line().listener.ended({ kind: 'lost' })
    client.connect()
    await clock.advance(0)
    line().greet()
    expect(asked('chat:join')).toBe(false)
  })

  test('a chat that is over is joined anew by opening it again, and by nothing else', async () => {
    const { asked, chat, client, clock, connect, request, server } = await setUp()
    await connect()
    await request('chat:join').refuse('CONVERSATION_NOT_FOUND')
    expect(asked('chat:join')).toBe(false)
    const again = client.openChat('c1')
    expect(client.openChat('c1')).toBe(again)
    await request('chat:join').answer(server.join(null, 0))
    chat.close()
    await clock.advance(0)
    expect([chat.getSnapshot().phase, again.getSnapshot().phase]).toEqual(['failed', 'joined'])
    expect(client.openChat('c1')).toBe(again)
    expect(asked('chat:leave')).toBe(false)
  })

  test('a room that is gone when its time is up has expired', async () => {
    const { chat, clock, connect, line, request, server } = await setUp()
    await connect()
    const view = server.join(null, 0)
    await request('chat:join').answer({ ...view, chat: { ...view.chat, expiresAt: clock.now() + 60_000 } })
    line().listener.ended({ kind: 'lost' })
    await clock.advance(0)
    clock.sleep(61_000)
    await connect()
    await request('chat:join').refuse('CONVERSATION_NOT_FOUND')
    expect(chat.getSnapshot().phase).toBe('expired')
  })

  test.each(['host', 'operator'] as const)(
    'a room that the %s ended is not said to be out of time',
    async (endedBy) => {
      const { chat, join, tell } = await setUp()
      await join()
      expect(chat.getSnapshot().endedBy).toBe(null)
      tell('chat:expired', { endedBy })
      expect(chat.getSnapshot()).toMatchObject({ phase: 'expired', endedBy })
    },
  )

  test('when the server says nothing at the end of the room’s time, it is asked', async () => {
    const { asked, clock, connect, request, server, chat } = await setUp()
    await connect()
    const view = server.join(null, 0)
    await request('chat:join').answer({ ...view, chat: { ...view.chat, expiresAt: clock.now() + 60_000 } })
    await clock.advance(62_000)
    expect(asked('chat:join')).toBe(false)
    await clock.advance(1000)
    await request('chat:join').refuse('ROOM_EXPIRED')
    expect(chat.getSnapshot().phase).toBe('expired')
  })

  test('a token that ended makes the line anew, and the chat is joined on it', async () => {
    const { chat, client, clock, connect, line, request, server } = await setUp()
    await connect()
    await request('chat:join').refuse('TOKEN_EXPIRED')
    expect(client.getState().status).toBe('waiting')
    await clock.advance(500)
    line().greet()
    await request('chat:join').answer(server.join(null, 0))
    expect(chat.getSnapshot().phase).toBe('joined')
  })

  test('after a lost line it goes on from where it was, or says that it starts afresh', async () => {
    const { chat, client, clock, connect, join, line, request, server } = await setUp()
    await join()
    let resets = 0
    const heard: string[] = []
    chat.on('reset', () => (resets += 1))
    chat.on('message', ({ id }) => heard.push(id))
    server.send('u0', 'a')
    line().listener.ended({ kind: 'lost' })
    expect(chat.getSnapshot().phase).toBe('joined')
    client.connect()
    await clock.advance(0)
    line().greet()
    const again = request('chat:join')
    expect(again.data).toEqual({ chatId: 'c1', since: { epoch: 'e1', rev: 0 } })
    await again.answer(server.join({ epoch: 'e1', rev: 0 }, 100))
    expect({ resets, heard }).toEqual({ resets: 0, heard: ['m1'] })
    for (let index = 0; index < 60; index += 1) server.send('u0', `t${index}`)
    line().listener.ended({ kind: 'lost' })
    chat.send({ content: 'still to be sent' })
    await connect()
    await request('chat:join').answer(server.join({ epoch: 'e1', rev: 1 }, 10))
    expect(resets).toBe(1)
    expect(texts(chat)).toHaveLength(51)
    expect(texts(chat).at(-1)).toBe('still to be sent')
    expect(chat.getSnapshot().hasOlder).toBe(true)
  })
})

describe('a hole', () => {
  test('is asked for once after a moment, while later events wait', async () => {
    const { asked, chat, clock, join, request, server, tell } = await setUp()
    await join()
    const [, second, third] = ['a', 'b', 'c'].map((tempId) => server.send('u0', tempId))
    tell('message:new', second ?? {})
    tell('message:new', third ?? {})
    expect(texts(chat)).toEqual([])
    expect(asked('chat:join')).toBe(false)
    await clock.advance(250)
    const heal = request('chat:join')
    expect(asked('chat:join')).toBe(false)
    await heal.answer(server.join({ epoch: 'e1', rev: 0 }, 100))
    expect(texts(chat)).toEqual(['text 1', 'text 2', 'text 3'])
  })

  test('that our own answer fills is not asked for', async () => {
    const { asked, chat, clock, join, request, server, tell } = await setUp()
    await join()
    chat.send({ content: 'mine' })
    const send = request('message:new')
    const { tempId } = send.data as { tempId: string }
    const mine = server.send('u1', tempId)
    tell('message:new', server.send('u0', 'theirs'))
    await clock.advance(249)
    await send.answer({ message: mine, duplicate: false })
    await clock.advance(1000)
    expect(asked('chat:join')).toBe(false)
    expect(texts(chat)).toEqual(['text 1', 'text 2'])
    expect(chat.getSnapshot().timeline[0]).toMatchObject({ key: tempId, status: 'sent' })
  })

  test('keeps our message in sight that the server stored behind it', async () => {
    const { chat, clock, join, request, server } = await setUp()
    await join()
    chat.send({ content: 'mine' })
    const send = request('message:new')
    const { tempId } = send.data as { tempId: string }
    server.send('u0', 'unheard')
    await send.answer({ message: server.send('u1', tempId), duplicate: false })
    expect(chat.getSnapshot().timeline).toMatchObject([{ key: tempId, status: 'sent', own: true }])
    await clock.advance(250)
    await request('chat:join').answer(server.join({ epoch: 'e1', rev: 0 }, 100))
    expect(chat.getSnapshot().timeline).toMatchObject([{ key: 'm1' }, { key: tempId, status: 'sent' }])
  })
})

test('a replay that leaves something out is not believed: a fresh view is asked for, with pauses', async () => {
  const { asked, chat, clock, connect, join, line, request, server } = await setUp()
  await join()
  for (const tempId of ['a', 'b']) server.send('u0', tempId)
  line().listener.ended({ kind: 'lost' })
  await connect()
  const partial = { ...server.join({ epoch: 'e1', rev: 0 }, 100), changes: [] }
  await request('chat:join').answer(partial)
  const fresh = request('chat:join')
  expect(fresh.data).toEqual({ chatId: 'c1' })
  await fresh.answer(partial)
  expect(asked('chat:join')).toBe(false)
  await clock.advance(1000)
  await request('chat:join').answer(server.join(null, 0))
  expect(texts(chat)).toEqual(['text 1', 'text 2'])
})

describe('what the server stored although its answer was lost', () => {
  test('is found in the replay and not sent again', async () => {
    const { asked, chat, connect, join, line, request, server } = await setUp()
    await join()
    const tempId = chat.send({ content: 'mine' })
    server.send('u1', tempId)
    line().listener.ended({ kind: 'lost' })
    await connect()
    expect(chat.getSnapshot().timeline).toMatchObject([{ key: tempId, status: 'queued' }])
    await request('chat:join').answer(server.join({ epoch: 'e1', rev: 0 }, 100))
    expect(chat.getSnapshot().timeline).toMatchObject([{ key: tempId, status: 'sent' }])
    expect(asked('message:new')).toBe(false)
  })

  test('and lies before a fresh view is sent again, answered as a duplicate, and gone from the end', async () => {
    const { chat, connect, join, line, request, server } = await setUp()
    await join()
    const tempId = chat.send({ content: 'mine' })
    const stored = server.send('u1', tempId)
    for (let index = 0; index < 60; index += 1) server.send('u0', `t${index}`)
    line().listener.ended({ kind: 'lost' })
    await connect()
    await request('chat:join').answer(server.join({ epoch: 'e1', rev: 0 }, 10))
    await request('message:new').answer({ message: stored, duplicate: true })
    expect(texts(chat)).toHaveLength(50)
    expect(chat.getSnapshot().hasOlder).toBe(true)
  })
})

test('actions wait a little for the line, then fail with UNAVAILABLE', async () => {
  const { chat, clock, connect, request, server } = await setUp()
  const lock = chat.lock(true)
  await connect()
  await request('chat:join').answer(server.join(null, 0))
  await request('room:lock').answer({})
  await expect(lock).resolves.toBeUndefined()
  const { chat: away, clock: stopped } = await setUp()
  const late = expect(away.lock(true)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  await stopped.advance(8000)
  await late
  expect(clock.pending).toBeGreaterThan(0)
})

test('presence, knocks and typing come and go; a line lost ends typing and knocks', async () => {
  const { chat, clock, join, line, tell } = await setUp()
  await join()
  const knocks: string[] = []
  chat.on('knock', ({ name }) => knocks.push(name))
  tell('room:knock', { userId: 'u9', name: 'Guest' })
  tell('room:knock', { userId: 'u9', name: 'Guest' })
  tell('message:typing', { userId: 'u0', name: 'Name u0' })
  tell('message:typing', { userId: 'u1', name: 'Name u1' })
  line().listener.event('presence:update', { userId: 'u2', status: 'away', lastSeen: 1 })
  expect(knocks).toEqual(['Guest'])
  expect(chat.getSnapshot()).toMatchObject({
    knocking: [{ userId: 'u9', name: 'Guest' }],
    typing: [{ userId: 'u0', name: 'Name u0' }],
  })
  expect(chat.getSnapshot().members.map(({ status }) => status)).toEqual(['online', 'online', 'away'])
  line().listener.ended({ kind: 'lost' })
  expect(chat.getSnapshot()).toMatchObject({ knocking: [], typing: [] })
  chat.close()
  await clock.advance(0)
})

test('a snapshot stays the same object until something changes', async () => {
  const { chat, join, server, tell } = await setUp()
  await join()
  const before = chat.getSnapshot()
  expect(chat.getSnapshot()).toBe(before)
  tell('message:new', server.send('u0', 'a'))
  const after = chat.getSnapshot()
  expect(after).not.toBe(before)
  expect(after.members).toBe(before.members)
  expect(after.typing).toBe(before.typing)
  tell('message:new', server.messages[0] ?? {})
  expect(chat.getSnapshot().timeline).toBe(after.timeline)
})

describe('who has got what', () => {
  /** As `setUp`, joined to a chat that lasts. */
  async function setUpChat(cursors: object = {}) {
    const parts = await setUp()
    const { connect, request, server } = parts
    const view = server.join(null, 0)
    await connect()
    await request('chat:join').answer({ ...view, chat: { ...view.chat, kind: 'group' }, cursors })
    return parts
  }

  test('is told of own messages, moves forward alone, and leaves other items as they are', async () => {
    const { chat, clock, request, server, tell } = await setUpChat()
    chat.send({ content: 'mine' })
    const send = request('message:new')
    const mine = server.send('u1', (send.data as { tempId: string }).tempId)
    await send.answer({ message: mine, duplicate: false })
    tell('message:new', server.send('u0', 'theirs'))
    const receipts = () => {
      const [item] = chat.getSnapshot().timeline
      return item?.kind === 'message' ? item.receipts : undefined
    }
    expect(receipts()).toEqual({ delivered: 0, read: 0, of: 2 })
    const theirs = chat.getSnapshot().timeline[1]
    tell('message:delivered', { userId: 'u0', messageId: mine.id, seq: mine.seq, at: 1 })
    tell('message:read', { userId: 'u2', messageId: mine.id, seq: mine.seq, at: 1 })
    expect(receipts()).toEqual({ delivered: 2, read: 1, of: 2 })
    expect(chat.getSnapshot().timeline[1]).toBe(theirs)
    const before = chat.getSnapshot()
    tell('message:delivered', { userId: 'u2', messageId: mine.id, seq: mine.seq, at: 1 })
    expect(chat.getSnapshot()).toBe(before)
    tell('chat:member-left', { userId: 'u0', name: 'Name u0', reason: 'left', rev: 3, at: 1 })
    expect(receipts()).toEqual({ delivered: 1, read: 1, of: 1 })
    await clock.advance(0)
  })

  test('what others say is unread until it is marked, and told as delivered and read once', async () => {
    const { asked, chat, clock, request, server, tell } = await setUpChat({ u1: { delivered: 0, read: 0 } })
    const [first, second] = ['a', 'b'].map((tempId) => server.send('u0', tempId))
    tell('message:new', first ?? {})
    tell('message:new', second ?? {})
    expect(chat.getSnapshot().unread).toBe(2)
    await clock.advance(200)
    expect(request('message:delivered').data).toEqual({ chatId: 'c1', messageId: second?.id })
    chat.markRead(first?.id ?? '')
    expect(chat.getSnapshot().unread).toBe(1)
    chat.markRead(second?.id ?? '')
    chat.markRead(first?.id ?? '')
    expect(chat.getSnapshot().unread).toBe(0)
    await clock.advance(200)
    expect(request('message:read').data).toEqual({ chatId: 'c1', messageId: second?.id })
    await clock.advance(60_000)
    expect(asked('message:read') || asked('message:delivered')).toBe(false)
  })

  test('nobody keeps account in rooms', async () => {
    const { asked, chat, clock, join, server, tell } = await setUp()
    await join()
    tell('message:new', server.send('u0', 'a'))
    chat.markRead('m1')
    await clock.advance(60_000)
    expect(chat.getSnapshot().unread).toBe(0)
    expect(asked('message:read') || asked('message:delivered')).toBe(false)
  })

  test('a chat that is renamed says so, and by whom', async () => {
    const { chat, tell } = await setUpChat()
    tell('chat:updated', { rev: 1, at: 1, change: 'renamed', byId: 'u0', chat: { name: 'Bear' } })
    expect(chat.getSnapshot()).toMatchObject({
      chat: { name: 'Bear' },
      timeline: [{ notice: { type: 'renamed', byName: 'Name u0', name: 'Bear' } }],
    })
  })
})
