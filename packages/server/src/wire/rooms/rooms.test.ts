import { CLOSE_CODES, rooms } from '@parley/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FLOOD_MAX } from '../flood-count.ts'
import { openWires, type RawClient, roomWith, type WireFrame, type WiresFixture } from '../wires-fixture.ts'

let wires: WiresFixture
beforeEach(async () => {
  wires = await openWires()
})
afterEach(() => wires[Symbol.asyncDispose]())

/** What a client sees of messages, in order. */
const texts = (client: RawClient): string[] =>
  client.frames.flatMap((frame) => (frame.event === 'message' ? [(frame.message as { text: string }).text] : []))

describe('frames', () => {
  it('are answered with their ref', async () => {
    const { ann } = await roomWith(wires)
    expect(await ann.ask({ type: 'ping' })).toMatchObject({ type: 'pong', at: wires.core.clock.now() })
    expect(await ann.ask({ type: 'send_message' })).toMatchObject({ type: 'error', code: 'VALIDATION_FAILED' })
    expect(await ann.ask({ type: 'fly' })).toMatchObject({ type: 'error', code: 'UNKNOWN_EVENT' })
    expect(await ann.ask({ type: '__proto__' })).toMatchObject({ code: 'UNKNOWN_EVENT' })
    expect(await ann.ask({ type: 'edit_message', messageId: 'nope', text: 'x' })).toMatchObject({
      code: 'MESSAGE_NOT_FOUND',
    })
  })

  it('keep their order, also when several come at once', async () => {
    const roomId = await wires.core.openRoom()
    const ann = await wires.raw(await wires.token('ann'))
    ann.send({ type: 'join_room', roomId, ref: '1' })
    ann.send({ type: 'send_message', text: 'one', ref: '2' })
    ann.send({ type: 'send_message', text: 'two', ref: '3' })
    ann.send({ type: 'leave_room', ref: '4' })
    await ann.get(({ ref }) => ref === '4')
    const answers = ann.frames.filter(({ type }) => type === 'ok')
    expect(answers.map(({ ref }) => ref)).toEqual(['1', '2', '3'])
  })

  it.each(['{broken', '[]', '7', 'null', ''])('that are no JSON object close with 4400: %s', async (text) => {
    const ann = await wires.raw(await wires.token('ann'))
    ann.send(text)
    expect(await ann.closed).toBe(CLOSE_CODES.badFrame)
  })

  it('that are too large close with 4413', async () => {
    const ann = await wires.raw(await wires.token('ann'))
    ann.send('x'.repeat(70_000))
    expect(await ann.closed).toBe(CLOSE_CODES.frameTooLarge)
  })

  it('of binary data close with 4400', async () => {
    const ann = await wires.raw(await wires.token('ann'))
    ann.socket.send(Buffer.from('{"type":"ping"}'))
    expect(await ann.closed).toBe(CLOSE_CODES.badFrame)
  })

  it('that are refused over and over close with 4429', async () => {
    const ann = await wires.raw(await wires.token('ann'))
    for (let n = 0; n <= FLOOD_MAX; n += 1) ann.send({ type: 'fly' })
    expect(await ann.closed).toBe(CLOSE_CODES.flooding)
    expect(wires.security.at(-1)?.type).toBe('flooding')
  })

  it('are not read faster than they are served', async () => {
    await wires[Symbol.asyncDispose]()
    wires = await openWires({ rateLimits: false })
    const { ann, others } = await roomWith(wires, 'bob')
    for (let n = 0; n < 500; n += 1) ann.send({ type: 'send_message', text: `${n}` })
    await others[0]?.get(({ message }) => (message as { text?: string } | undefined)?.text === '499')
    expect(texts(others[0] as RawClient)).toEqual(Array.from({ length: 499 }, (_, n) => `${n}`))
  })
})

describe('joining', () => {
  it('answers with the room, you and nothing missed, by an id as people type it', async () => {
    const { roomId, ann } = await roomWith(wires)
    const typed = `${roomId.slice(0, 4)}-${roomId.slice(4, 8)}-${roomId.slice(8)}`.toUpperCase()
    const joined = await ann.join(typed)
    expect(rooms.roomEvents.joined.parse(joined)).toMatchObject({
      roomId,
      recovered: false,
      missed: [],
      you: { id: 'ann', role: 'host', online: true },
      room: { id: roomId, hostId: 'ann', participants: [{ id: 'ann' }], messages: [] },
    })
  })

  it('says ok as well to those who gave a ref, after the room', async () => {
    const roomId = await wires.core.openRoom()
    const ann = await wires.raw(await wires.token('ann'))
    await ann.ask({ type: 'join_room', roomId })
    expect(ann.frames[0]?.event).toBe('joined')
  })

  it('knows no room but its own to a token that was given for one', async () => {
    const roomId = await wires.core.openRoom()
    const other = await wires.core.openRoom({ host: 'zoe', hostName: 'zoe' })
    const bob = await wires.raw(await wires.token('bob', roomId))
    expect(await bob.ask({ type: 'join_room', roomId: other })).toMatchObject({ code: 'ROOM_NOT_FOUND' })
    expect(await bob.ask({ type: 'join_room', roomId: '000000000000' })).toMatchObject({ code: 'ROOM_NOT_FOUND' })
    expect(await bob.ask({ type: 'join_room', roomId })).toMatchObject({ type: 'ok' })
  })

  it('leaves the room in which the session was', async () => {
    const { ann, others } = await roomWith(wires, 'bob')
    const next = await wires.core.openRoom({ host: 'zoe', hostName: 'zoe' })
    await others[0]?.join(next)
    await ann.ask({ type: 'send_message', text: 'gone?' })
    await others[0]?.ask({ type: 'ping' })
    expect(texts(others[0] as RawClient)).toEqual([])
  })

  it('stays in the room in which the session was when another one does not let it in', async () => {
    const { ann, others } = await roomWith(wires, 'bob')
    const [bob] = others as [RawClient]
    for (const roomId of [await wires.core.openRoom({ host: 'zoe', password: 'sesame' }), '000000000000']) {
      expect(await bob.ask({ type: 'join_room', roomId })).toMatchObject({ type: 'error' })
    }
    expect(await bob.ask({ type: 'send_message', text: 'still here' })).toMatchObject({ type: 'ok' })
    await ann.ask({ type: 'send_message', text: 'so am I' })
    await bob.ask({ type: 'ping' })
    expect(texts(bob)).toEqual(['so am I'])
  })

  it('replaces the oldest of more than five sockets with 4409', async () => {
    const { roomId, ann } = await roomWith(wires)
    const more: RawClient[] = []
    for (let n = 0; n < 5; n += 1) {
      const socket = await wires.raw(await wires.token('ann'))
      await socket.join(roomId)
      more.push(socket)
    }
    expect(await ann.closed).toBe(CLOSE_CODES.replaced)
    expect(await more[0]?.ask({ type: 'ping' })).toMatchObject({ type: 'pong' })
  })

  it('waits in the lobby, hears nothing, and is let in by the server', async () => {
    const roomId = await wires.core.openRoom({ hasLobby: true })
    const ann = await wires.raw(await wires.token('ann'))
    await ann.join(roomId)
    const bob = await wires.raw(await wires.token('bob'))
    expect(await bob.ask({ type: 'join_room', roomId, name: 'Bob' })).toMatchObject({ data: { waiting: true } })
    await bob.event('waiting')
    expect(await ann.event('knock')).toMatchObject({ participantId: 'bob', name: 'Bob' })
    await ann.ask({ type: 'send_message', text: 'not for the lobby' })
    expect(await bob.ask({ type: 'send_message', text: 'hello?' })).toMatchObject({ code: 'NOT_IN_ROOM' })
    await ann.ask({ type: 'admit', participantId: 'bob', admit: true })
    expect(await bob.event('joined')).toMatchObject({ you: { id: 'bob', name: 'Bob' } })
    expect(texts(bob)).toEqual([])
  })

  it('turns away from the lobby with kicked and 4403', async () => {
    const roomId = await wires.core.openRoom({ hasLobby: true })
    const ann = await wires.raw(await wires.token('ann'))
    await ann.join(roomId)
    const bob = await wires.raw(await wires.token('bob'))
    await bob.ask({ type: 'join_room', roomId })
    await ann.ask({ type: 'admit', participantId: 'bob', admit: false })
    await bob.event('kicked')
    expect(await bob.closed).toBe(CLOSE_CODES.forbidden)
  })

  it('tells a host who comes back of those who knock', async () => {
    const roomId = await wires.core.openRoom({ hasLobby: true })
    const bob = await wires.raw(await wires.token('bob'))
    await bob.ask({ type: 'join_room', roomId })
    const ann = await wires.raw(await wires.token('ann'))
    await ann.join(roomId)
    expect(await ann.event('knock')).toMatchObject({ participantId: 'bob' })
  })
})

describe('in a room', () => {
  it('a message is ok to its socket and an event to all others, also of the same person', async () => {
    const { roomId, ann, others } = await roomWith(wires, 'bob')
    const second = await wires.raw(await wires.token('ann'))
    await second.join(roomId)
    const answer = await ann.ask({ type: 'send_message', text: 'hi', clientId: 'c1' })
    expect(answer).toMatchObject({ type: 'ok', data: { duplicate: false, at: wires.core.clock.now() } })
    for (const client of [second, others[0] as RawClient]) {
      const event = await client.event('message')
      expect(rooms.roomEvents.message.parse(event)).toMatchObject({
        rev: (answer.data as { rev: number }).rev,
        message: { text: 'hi', senderId: 'ann', clientId: 'c1', type: 'text' },
      })
    }
    await ann.ask({ type: 'ping' })
    expect(texts(ann)).toEqual([])
  })

  it('a second send with the same client id gets the first answer', async () => {
    const { ann, others } = await roomWith(wires, 'bob')
    const first = await ann.ask({ type: 'send_message', text: 'once', clientId: 'c1' })
    const second = await ann.ask({ type: 'send_message', text: 'once', clientId: 'c1' })
    expect(second.data).toEqual({ ...(first.data as object), duplicate: true })
    await others[0]?.ask({ type: 'ping' })
    expect(texts(others[0] as RawClient)).toEqual(['once'])
  })

  it('outside one, a message is NOT_IN_ROOM in these words', async () => {
    const ann = await wires.raw(await wires.token('ann'))
    expect(await ann.ask({ type: 'send_message', text: 'hi' })).toMatchObject({
      code: 'NOT_IN_ROOM',
      message: 'Must be in a room to send messages',
    })
  })

  it('five messages in ten seconds are the limit', async () => {
    const { ann } = await roomWith(wires)
    for (let n = 0; n < 5; n += 1)
      expect(await ann.ask({ type: 'send_message', text: 'x' })).toMatchObject({ type: 'ok' })
    const refused = await ann.ask({ type: 'send_message', text: 'x' })
    expect(refused).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 10_000 })
  })

  it('every durable command is told with the next rev', async () => {
    const { ann, others } = await roomWith(wires, 'bob')
    const bob = others[0] as RawClient
    const { data } = await ann.ask({ type: 'send_message', text: 'hi' })
    const { messageId } = data as { messageId: string }
    const steps: [WireFrame, string, object][] = [
      [{ type: 'edit_message', messageId, text: 'hi!' }, 'message_edited', { message: { id: messageId, text: 'hi!' } }],
      [{ type: 'react', messageId, emoji: '👍' }, 'reaction', { messageId, emoji: '👍', action: 'added' }],
      [{ type: 'react', messageId, emoji: '👍' }, 'reaction', { messageId, action: 'removed', participantId: 'ann' }],
      [{ type: 'delete_message', messageId }, 'message_deleted', { messageId, participantId: 'ann' }],
      [{ type: 'lock_room', isLocked: true }, 'locked', { participantId: 'ann' }],
      [{ type: 'lock_room', isLocked: false }, 'unlocked', { participantId: 'ann' }],
      [{ type: 'extend_room', minutes: 15 }, 'extended', { participantId: 'ann' }],
      [{ type: 'set_role', participantId: 'bob', role: 'moderator' }, 'role_changed', { participantId: 'bob' }],
    ]
    let rev = ((await bob.event('message')) as unknown as { rev: number }).rev
    for (const [command, name, fields] of steps) {
      expect(await ann.ask(command)).toMatchObject({ type: 'ok' })
      const event = await bob.event(name)
      rev += 1
      expect(event).toMatchObject({ rev, ...fields })
    }
  })

  it('typing is told to the others', async () => {
    const { roomId, ann, others } = await roomWith(wires, 'bob')
    await ann.ask({ type: 'typing', isTyping: true })
    const typing = { type: 'typing', roomId, participantId: 'ann' }
    expect(await others[0]?.get(({ type }) => type === 'typing')).toEqual({ ...typing, isTyping: true })
    await ann.ask({ type: 'typing', isTyping: false })
    expect(await others[0]?.get(({ type }) => type === 'typing')).toEqual({ ...typing, isTyping: false })
  })

  it('the list of participants follows changes, four times a second at most', async () => {
    const { ann } = await roomWith(wires, 'bob')
    await wires.core.clock.advance(0)
    const update = await ann.get(({ type }) => type === 'participants_update')
    expect(rooms.serverMessages.participants_update.parse(update).participants.map(({ id }) => id)).toEqual([
      'ann',
      'bob',
    ])
    ann.frames.length = 0
    for (let n = 0; n < 8; n += 1) {
      await ann.ask({ type: 'set_role', participantId: 'bob', role: n % 2 === 0 ? 'listener' : 'speaker' })
      await wires.core.clock.advance(100)
    }
    await ann.ask({ type: 'ping' })
    expect(ann.frames.filter(({ type }) => type === 'participants_update').length).toBeLessThanOrEqual(4)
    await wires.core.clock.advance(250)
    await ann.ask({ type: 'ping' })
    const last = ann.frames.findLast(({ type }) => type === 'participants_update')
    expect(last?.participants).toContainEqual(expect.objectContaining({ id: 'bob', role: 'speaker' }))
  })

  it('leaving gives up the seat', async () => {
    const { ann, others } = await roomWith(wires, 'bob')
    expect(await others[0]?.ask({ type: 'leave_room' })).toMatchObject({ type: 'ok' })
    expect(await ann.event('participant_left')).toMatchObject({ participantId: 'bob', reason: 'left' })
    expect(await others[0]?.ask({ type: 'leave_room' })).toMatchObject({ code: 'NOT_IN_ROOM' })
  })

  it('a kick is told, then closes with 4403', async () => {
    const { ann, others } = await roomWith(wires, 'bob')
    await ann.ask({ type: 'kick', participantId: 'bob', ban: true })
    expect(await others[0]?.event('kicked')).toMatchObject({ banned: true })
    expect(await others[0]?.closed).toBe(CLOSE_CODES.forbidden)
    expect(await ann.event('participant_left')).toMatchObject({ participantId: 'bob', reason: 'kicked' })
  })
})

describe('recovery', () => {
  it('gives exactly what was missed, as it was sent live, and goes on from there', async () => {
    const { roomId, ann, others } = await roomWith(wires, 'bob', 'cem')
    const [bob, cem] = others as [RawClient, RawClient]
    const joined = await bob.join(roomId)
    const { epoch, rev } = joined.room as { epoch: string; rev: number }
    bob.socket.terminate()
    await bob.closed
    await ann.ask({ type: 'send_message', text: 'one' })
    await ann.ask({ type: 'lock_room', isLocked: true })
    await ann.ask({ type: 'send_message', text: 'two' })
    await cem.ask({ type: 'ping' })
    const live = cem.frames.filter((frame) => Number(frame.rev) > rev)
    const back = await wires.raw(await wires.token('bob'))
    const again = await back.join(roomId, { since: { epoch, rev } })
    expect(again).toMatchObject({ recovered: true, missed: live })
    expect(live.length).toBeGreaterThanOrEqual(3)
    await ann.ask({ type: 'send_message', text: 'three' })
    const next = await back.event('message')
    expect(next.rev).toBe((again.room as { rev: number }).rev + 1)
  })

  it('says so when it can give only a fresh view', async () => {
    const { roomId, others } = await roomWith(wires, 'bob')
    expect(await others[0]?.join(roomId, { since: { epoch: 'another', rev: 0 } })).toMatchObject({
      recovered: false,
      missed: [],
    })
  })

  it('loses and doubles nothing while others talk', async () => {
    await wires[Symbol.asyncDispose]()
    wires = await openWires({ rateLimits: false })
    const { roomId, ann } = await roomWith(wires)
    let talked = 0
    const talk = async (): Promise<void> => {
      for (; talked < 300; talked += 1) await ann.ask({ type: 'send_message', text: `${talked}` })
    }
    const talking = talk()
    const seen: string[] = []
    let since: { epoch: string; rev: number } | undefined
    let client = await wires.raw(await wires.token('bob'))
    while (talked < 300) {
      const joined = await client.join(roomId, since === undefined ? {} : { since })
      const { epoch, rev, messages } = joined.room as { epoch: string; rev: number; messages: { text: string }[] }
      const missed = (joined.missed as WireFrame[]).filter(({ event }) => event === 'message')
      if (since === undefined) seen.splice(0, seen.length, ...messages.map(({ text }) => text))
      else seen.push(...missed.map(({ message }) => (message as { text: string }).text))
      await client.ask({ type: 'ping' })
      client.socket.terminate()
      await client.closed
      const live = client.frames.filter(({ event }) => event === 'message')
      seen.push(...texts(client))
      since = { epoch, rev: Math.max(rev, ...client.frames.map((frame) => Number(frame.rev ?? 0))) }
      for (const [index, frame] of live.entries())
        if (index > 0) expect(frame.rev).toBe(Number(live[index - 1]?.rev) + 1)
      client = await wires.raw(await wires.token('bob'))
    }
    await talking
    const last = await client.join(roomId, since === undefined ? {} : { since })
    for (const { event, message } of last.missed as WireFrame[]) {
      if (event === 'message') seen.push((message as { text: string }).text)
    }
    expect(seen).toEqual(Array.from({ length: 300 }, (_, n) => `${n}`).slice(-seen.length))
    expect(seen.at(-1)).toBe('299')
  })
})
