import { createTestCore, personOf } from '@parley/testkit/test-core'
import { expect, test } from 'vitest'

const bob = personOf('bob')

async function openForTyping() {
  const core = createTestCore()
  const conversationId = await core.openRoom()
  await core.arrive('bob', conversationId)
  core.forget()
  const types = (isTyping = true, caller = bob) => core.typing(caller, { conversationId, isTyping })
  const told = () => core.published.map(({ event }) => event.type)
  return { core, conversationId, types, told }
}

test('typing is told to all but the session it comes from', async () => {
  const { core, conversationId, types } = await openForTyping()
  await types()
  expect(core.published).toEqual([
    {
      event: { type: 'typing.started', conversationId, at: core.clock.now(), userId: 'bob', name: 'bob' },
      audience: { kind: 'topic' },
      exceptSession: 'bob-1',
    },
  ])
})

test('while it goes on it is told every two seconds at most, and stops five seconds after the last key', async () => {
  const { core, types, told } = await openForTyping()
  for (let i = 0; i < 8; i += 1) {
    await types()
    await core.clock.advance(500)
  }
  expect(told()).toEqual(['typing.started', 'typing.started'])
  await core.clock.advance(4_499)
  expect(told()).toHaveLength(2)
  await core.clock.advance(1)
  expect(told()).toEqual(['typing.started', 'typing.started', 'typing.stopped'])
})

test('it stops when told to, once', async () => {
  const { core, types, told } = await openForTyping()
  await types()
  await types(false)
  await types(false)
  await core.clock.advance(10_000)
  expect(told()).toEqual(['typing.started', 'typing.stopped'])
})

test('it stops with the message, after it', async () => {
  const { core, conversationId, types, told } = await openForTyping()
  await types()
  await core.say('bob', conversationId, 'done')
  expect(told()).toEqual(['typing.started', 'message.sent', 'typing.stopped'])
})

test('it stops when the session that typed goes out, not when another one does', async () => {
  const { core, conversationId, types, told } = await openForTyping()
  await core.arrive('bob', conversationId, '2')
  core.forget()
  await types()
  await core.exit(personOf('bob', '2'), conversationId)
  expect(told()).toEqual(['typing.started'])
  await core.exit(bob, conversationId)
  expect(told()).toEqual(['typing.started', 'typing.stopped', 'presence.changed'])
})

test('only members type', async () => {
  const { core, types } = await openForTyping()
  await expect(types(true, personOf('eve'))).rejects.toMatchObject({ code: 'NOT_IN_ROOM' })
  expect(core.published).toEqual([])
})
