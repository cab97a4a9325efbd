import { createTestCore } from '@parley/testkit/test-core'
import { describe, expect, test } from 'vitest'

const refusal = (code: string) => expect.objectContaining({ code })

/** ann is the host of an encrypted room with a lobby, bob is in it, carl waits. */
async function openWatched() {
  const core = createTestCore()
  const roomId = await core.openRoom({ hasLobby: true, encrypted: true, password: 'secret' })
  await core.ask(roomId, { name: 'bob', caller: { userId: 'bob', name: 'bob', room: roomId } })
  const [waiting] = (await core.inspectRoom(roomId)).waiting
  core.forget()
  return { core, roomId, waiting }
}

describe('what the operator sees', () => {
  test('is every open room with how many are in it, and no secret of it', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom({ password: 'secret', encrypted: true })
    await core.openGroup(['ann', 'bob'])
    const { rooms, cursor } = await core.listRooms(10, null)
    expect(cursor).toBeNull()
    expect(rooms).toMatchObject([{ conversation: { id: roomId, hasPassword: true, encrypted: true }, members: 1 }])
    expect(JSON.stringify(rooms)).not.toMatch(/passwordHash|argon2/)
  })

  test('is everybody in a room, who is connected, and who waits', async () => {
    const { core, roomId, waiting } = await openWatched()
    const room = await core.inspectRoom(roomId)
    expect(room.members.map(({ member, online }) => [member.userId, member.role, online])).toEqual([
      ['ann', 'host', true],
    ])
    expect(waiting).toEqual({ userId: 'bob', name: 'bob' })
  })

  test('is no conversation that lasts', async () => {
    const core = createTestCore()
    const group = await core.openGroup(['ann', 'bob'])
    for (const done of [core.inspectRoom(group), core.closeRoom(group), core.removeFromRoom(group, 'bob', true)]) {
      await expect(done).rejects.toEqual(refusal('CONVERSATION_NOT_FOUND'))
    }
    await expect(core.inspectRoom('nowhere')).rejects.toEqual(refusal('CONVERSATION_NOT_FOUND'))
  })
})

describe('what the operator does', () => {
  test('closing a room tells everybody, and leaves nothing of it', async () => {
    const { core, roomId } = await openWatched()
    await core.closeRoom(roomId)
    expect(core.published).toMatchObject([
      { audience: { kind: 'topic' }, event: { type: 'conversation.expired', endedBy: 'operator' } },
    ])
    expect(await core.ports.conversations.load(roomId)).toBeNull()
    expect((await core.listRooms(10, null)).rooms).toEqual([])
    await expect(core.closeRoom(roomId)).rejects.toEqual(refusal('CONVERSATION_NOT_FOUND'))
  })

  test('removing the host passes the role on, and keeps the former host out when so wished', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom()
    await core.arrive('bob', roomId)
    core.forget()
    await core.removeFromRoom(roomId, 'ann', true)
    expect(core.published.map(({ event }) => event.type)).toEqual(['member.left', 'role.changed', 'member.removed'])
    expect(core.eventsOf('role.changed')).toMatchObject([{ userId: 'bob', role: 'host', hostId: 'bob', byId: null }])
    await expect(core.arrive('ann', roomId)).rejects.toEqual(refusal('KICKED'))
  })

  test('the role of a removed host waits for whoever comes when nobody is here', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom()
    await core.removeFromRoom(roomId, 'ann', true)
    await core.arrive('bob', roomId)
    await core.clock.advance(60_000)
    expect((await core.inspectRoom(roomId)).conversation.hostId).toBe('bob')
  })

  test('somebody in the lobby is removed too, and nobody who is not there', async () => {
    const { core, roomId } = await openWatched()
    await core.removeFromRoom(roomId, 'bob', true)
    expect((await core.inspectRoom(roomId)).waiting).toEqual([])
    await expect(core.removeFromRoom(roomId, 'dora', true)).rejects.toEqual(refusal('USER_NOT_FOUND'))
  })
})
