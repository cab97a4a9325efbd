import { startServer, type TestServer } from '@parley/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openMessengerClient } from '../clients/messenger-client.ts'
import { createRestClient } from '../clients/rest-client.ts'
import { openRoomsClient } from '../clients/rooms-client.ts'
import type { Transport } from '../clients/wire-socket.ts'
import { chooseSeed, createRandom } from './random.ts'
import { createWanderer, type Wanderer } from './wanderer.ts'

const TRANSPORTS: readonly Transport[] = ['websocket', 'polling', 'upgrading']
const WANDERERS = 6
const STEPS = 40

let server: TestServer
beforeAll(async () => {
  server = await startServer({ rateLimits: 'off' })
})
afterAll(() => server[Symbol.asyncDispose]())

const userOf = (token: string): string => {
  const { sub } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sub: string }
  return sub
}

describe('a room in which people talk without a pause', () => {
  const seed = chooseSeed()
  it(`tells everyone all of it, in order, for as long as they are inside (SEED=${seed})`, async () => {
    await using stack = new AsyncDisposableStack()
    const random = createRandom(seed)
    const among = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T
    const rest = createRestClient(server.url)
    const { roomId: chatId, token } = await rest.createRoom({ maxParticipants: 20 })
    const host = stack.use(await openMessengerClient(server.url, token))
    await host.ask('chat:join', { chatId })
    const talker = stack.use(await openRoomsClient(server.url, (await rest.joinRoom(chatId, 'Talker')).token))
    await talker.ask('join_room', { roomId: chatId })

    const wanderers: Wanderer[] = []
    for (let number = 1; number <= WANDERERS; number += 1) {
      const own = (await rest.joinRoom(chatId, `Wanderer ${number}`)).token
      const wanderer = stack.use(createWanderer(server.url, chatId, own, userOf(own)))
      wanderers.push(wanderer)
      await wanderer.connect(among(TRANSPORTS))
      await wanderer.join()
    }

    let isOver = false
    const talk = async (): Promise<void> => {
      for (let number = 1; !isOver; number += 1) await talker.ask('send_message', { text: `${number}` })
    }
    const hostTalk = async (): Promise<void> => {
      while (!isOver) await host.ask('message:new', { chatId, encryptedContent: 'hm', messageType: 'text' })
    }
    const remove = (participantId: string): Promise<unknown> =>
      host.socket.emitWithAck('room:kick', { chatId, participantId })

    async function wander(wanderer: Wanderer): Promise<void> {
      for (let step = 0; step < STEPS; step += 1) {
        const chance = random()
        if (chance < 0.25) await wanderer.connect(among(TRANSPORTS))
        else if (chance < 0.5) await wanderer.leave()
        else if (chance < 0.75) await remove(wanderer.userId)
        // Two at once: what is answered last is what holds.
        else await Promise.all([wanderer.join(), random() < 0.5 ? remove(wanderer.userId) : wanderer.join()])
        await wanderer.join()
      }
    }
    const talking = [talk(), hostTalk()]
    await Promise.all(wanderers.map(wander))
    isOver = true
    await Promise.all(talking)
    // Whatever the last step was: everyone ends inside, where all of it has come.
    for (const wanderer of wanderers) await wanderer.join()

    const { epoch: _, rev: last } = await host.ask('chat:join', { chatId }).then((answer) => {
      if ('waiting' in answer) throw new Error('the host waits')
      return answer
    })
    for (const wanderer of wanderers) {
      await expect.poll(() => wanderer.rev).toBe(last)
      expect(wanderer.faults).toEqual([])
    }
    const longest = wanderers.map(({ said }) => said).reduce((a, b) => (a.length >= b.length ? a : b))
    for (const { said } of wanderers) expect(longest.slice(-said.length)).toEqual(said)
    expect(longest.length).toBeGreaterThan(100)
    expect(wanderers.reduce((sum, { removals }) => sum + removals, 0)).toBeGreaterThan(10)
  })

  it('tells nothing of it to those in the lobby, by any way', async () => {
    await using stack = new AsyncDisposableStack()
    const rest = createRestClient(server.url)
    const { roomId, token } = await rest.createRoom({ lobby: true })
    const host = stack.use(await openRoomsClient(server.url, token))
    await host.ask('join_room', { roomId })
    const asked = await rest.joinRoom(roomId, 'Bo')
    expect(asked).toMatchObject({ waiting: true, room: { participants: [], messages: [] } })
    const [raw, member] = [
      stack.use(await openRoomsClient(server.url, asked.token)),
      stack.use(await openMessengerClient(server.url, asked.token, 'polling')),
    ]
    await raw.ask('join_room', { roomId })
    await member.ask('chat:join', { chatId: roomId })
    const { messageId } = await host.ask('send_message', { text: 'a secret' })
    await host.ask('react', { messageId, emoji: '👍' })
    await host.ask('typing', { isTyping: true })
    await host.ask('lock_room', { isLocked: true })

    const since = { epoch: '', rev: 0 }
    const id = String(messageId)
    for (const [event, data] of [
      ['chat:history', {}],
      ['chat:get-active-members', {}],
      ['message:new', { encryptedContent: 'x', messageType: 'text', replyToId: id }],
      ['message:edit', { messageId: id, encryptedContent: 'x' }],
      ['message:delete', { messageId: id }],
      ['reaction:new', { messageId: id, emoji: '👍' }],
      ['message:typing', {}],
      ['room:admit', { participantId: member.socket.id, admit: true }],
      ['room:kick', { participantId: userOf(token) }],
    ] as const) {
      const { code } = await member.refused(event, { chatId: roomId, ...data })
      expect(['NOT_IN_ROOM', 'CONVERSATION_NOT_FOUND'], event).toContain(code)
    }
    await expect(raw.ask('send_message', { text: 'x' })).rejects.toThrow('NOT_IN_ROOM')
    expect((await rest.call('GET', `/api/rooms/${roomId}/messages`, undefined, asked.token)).status).toBe(404)
    // Locked by now, so that even coming again is refused.
    await expect(raw.ask('join_room', { roomId, since })).rejects.toThrow('ROOM_LOCKED')

    expect(raw.received.map((frame) => ('event' in frame ? frame.event : frame.type))).toEqual([
      'waiting',
      'ok',
      'error',
      'error',
    ])
    expect(member.received.map(({ event }) => event)).toEqual(['connected'])
  })
})
