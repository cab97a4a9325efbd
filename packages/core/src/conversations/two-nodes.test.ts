import { createTestCore, personOf, type TestCore } from '@parley/testkit/test-core'
import { expect, test } from 'vitest'

/** Two nodes on the same stores; what the second one decides is held back until it is let go. */
async function startNodes(input: Parameters<TestCore['openRoom']>[0] = {}) {
  const first = createTestCore()
  const roomId = await first.openRoom(input)
  const { conversations } = first.ports
  const decided = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  const second = createTestCore(
    {},
    {
      ...first.ports,
      conversations: {
        ...conversations,
        async appendState(id, write) {
          decided.resolve()
          await release.promise
          return conversations.appendState(id, write)
        },
      },
    },
  )
  return { first, second, roomId, decided: decided.promise, release: release.resolve }
}

test('somebody who comes in on one node while their last session ends on another one is present', async () => {
  const { first, second, roomId, decided, release } = await startNodes()
  await first.arrive('bob', roomId, 'old')
  const exit = second.exit(personOf('bob', 'old'), roomId)
  await decided
  await first.arrive('bob', roomId, 'new')
  release()
  await exit
  expect(await first.member(roomId, 'bob')).toMatchObject({ absentSince: null })
  expect(first.eventsOf('presence.changed').filter((event) => !event.online)).toEqual([])
})

test('what another node changed is seen before anything is stored', async () => {
  const { first, second, roomId, decided, release } = await startNodes({ maxParticipants: 2 })
  const late = second.arrive('carl', roomId)
  await decided
  await first.arrive('bob', roomId)
  release()
  await expect(late).rejects.toMatchObject({ code: 'ROOM_FULL' })
  expect(await first.count()).toEqual({ conversations: 1, members: 2 })
  expect(await first.ports.presence.online(roomId, first.clock.now())).toEqual(new Set(['ann', 'bob']))
})

test('when others always get in first it is given up in the end', async () => {
  const first = createTestCore()
  const roomId = await first.openRoom()
  const { conversations } = first.ports
  let attempts = 0
  const second = createTestCore(
    {},
    {
      ...first.ports,
      conversations: {
        ...conversations,
        async appendState() {
          attempts += 1
          return { status: 'stale' }
        },
      },
    },
  )
  await expect(second.arrive('bob', roomId)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  expect(attempts).toBe(25)
})

test('a snapshot holds nothing newer than its position', async () => {
  const first = createTestCore()
  const roomId = await first.openRoom()
  await first.say('ann', roomId, 'before')
  const { messages } = first.ports
  const second = createTestCore(
    {},
    {
      ...first.ports,
      messages: {
        ...messages,
        async page(id, query) {
          await first.say('ann', id, 'meanwhile')
          return messages.page(id, query)
        },
      },
    },
  )
  const since = { epoch: 'epoch-0002', rev: 0 }
  const entered = await second.enter(personOf('bob'), { conversationId: roomId, name: null, since, address: '' })
  expect(entered).toMatchObject({
    snapshot: { position: { rev: 3 }, messages: [{ content: 'before' }] },
    missed: [{ rev: 1 }, { rev: 2 }, { rev: 3 }],
  })
})
