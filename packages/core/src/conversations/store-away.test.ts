import { createMemoryMediaPlane } from '@parley/testkit/memory-media-plane'
import { createTestCore, inviteeOf, personOf } from '@parley/testkit/test-core'
import { expect, test } from 'vitest'
import { createAwayables } from './awayable-fixture.ts'

const ann = personOf('ann')
const bob = personOf('bob')

/** Ann and Bob are in a room whose stores can be taken away. */
async function openRoomWithStores() {
  const { awayable, setAway } = createAwayables()
  const first = createTestCore()
  const { conversations, voice } = first.ports
  const shared = { ...first.ports, conversations: awayable(conversations), voice: awayable(voice) }
  const open = () => createTestCore({}, { ...shared, media: createMemoryMediaPlane({ topology: 'mesh' }) })
  const core = open()
  const conversationId = await core.openRoom()
  await core.arrive('bob', conversationId)
  first.forget()
  return {
    core,
    open,
    clock: first.clock,
    published: first.published,
    conversationId,
    setAway,
  }
}

test('who came in before is seen typing while the store is away; nobody else is', async () => {
  const { core, clock, published, conversationId, setAway } = await openRoomWithStores()
  setAway(true)
  await core.typing(bob, { conversationId, isTyping: true })
  await clock.advance(5_000)
  expect(published.map(({ event }) => event)).toMatchObject([
    { type: 'typing.started', userId: 'bob', name: 'bob' },
    { type: 'typing.stopped', userId: 'bob' },
  ])
  await expect(core.typing(personOf('carl'), { conversationId, isTyping: true })).rejects.toMatchObject({
    code: 'UNAVAILABLE',
  })
  setAway(false)
  await expect(core.typing(personOf('carl'), { conversationId, isTyping: true })).rejects.toMatchObject({
    code: 'NOT_IN_ROOM',
  })
})

test('who left, or was removed, is not seen typing', async () => {
  const { core, conversationId, setAway } = await openRoomWithStores()
  await core.kick(ann, { conversationId, userId: 'bob', ban: false })
  await expect(core.typing(bob, { conversationId, isTyping: true })).rejects.toMatchObject({ code: 'NOT_IN_ROOM' })
  await core.exit(ann, conversationId)
  setAway(true)
  for (const caller of [ann, bob])
    await expect(core.typing(caller, { conversationId, isTyping: true })).rejects.toMatchObject({ code: 'UNAVAILABLE' })
})

test('people in voice on one node still reach each other while the store is away; those on another are not said to', async () => {
  const { core, open, clock, published, conversationId, setAway } = await openRoomWithStores()
  const other = open()
  await other.arrive('carl', conversationId)
  for (const caller of [ann, bob]) await core.joinVoice(caller, { conversationId })
  await other.joinVoice(personOf('carl'), { conversationId })
  await clock.advance(5_000)
  setAway(true)
  published.length = 0
  await core.signalMedia(ann, { conversationId, to: 'bob', signal: { candidate: 'here' } })
  expect(published).toMatchObject([
    { event: { type: 'voice.signalled', fromId: 'ann' }, audience: { kind: 'sessions', sessionIds: ['bob-1'] } },
  ])
  const toCarl = () => core.signalMedia(ann, { conversationId, to: 'carl', signal: { candidate: 'here' } })
  await expect(toCarl()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  setAway(false)
  await toCarl()
  expect(published.at(-1)).toMatchObject({ audience: { sessionIds: ['carl-1'] } })
})

/** A core whose chats stay when all that tells who is here is taken away. */
function openWhereChatsStay() {
  const { awayable, setAway } = createAwayables()
  const { ports } = createTestCore()
  const { presence, status, voice } = ports
  const passing = { presence: awayable(presence), status: awayable(status), voice: awayable(voice) }
  const media = createMemoryMediaPlane()
  return { core: createTestCore({}, { ...ports, ...passing, media }), media, setAway }
}

test('the other one of a direct chat is written to, and left a note, while nobody can say whether they look', async () => {
  const { core, setAway } = openWhereChatsStay()
  const conversationId = await core.openDirect('ann', 'bob')
  await core.clearNotifications(bob)
  await core.arrive('bob', conversationId)
  setAway(true)
  await core.say('ann', conversationId, 'Are you there?')
  expect(await core.waiting('bob')).toMatchObject([{ kind: 'message', conversationId }])
})

test('what is done to a chat while nobody can say who is there is done and answered, once', async () => {
  const { core, setAway } = openWhereChatsStay()
  setAway(true)
  const id = await core.openGroup(['ann', 'bob'])
  const { members } = await core.addMembers(ann, id, [inviteeOf('carl')])
  expect(members.map(({ member, online }) => [member.userId, online])).toEqual([
    ['ann', false],
    ['bob', false],
    ['carl', false],
  ])
  await expect(core.updateConversation(ann, id, { name: 'Tea' })).resolves.toMatchObject({
    conversation: { name: 'Tea' },
  })
  // Whoever only reads is not told of people what nobody knows.
  await expect(core.getConversation(ann, id)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  await core.deleteConversation(ann, id)
  await expect(core.deleteConversation(ann, id)).rejects.toMatchObject({ code: 'CONVERSATION_NOT_FOUND' })
})

test('who is removed from a group hears no more of its call, though nobody can say who is in it', async () => {
  const { core, media, setAway } = openWhereChatsStay()
  const conversationId = await core.openGroup(['ann', 'bob', 'carl'])
  for (const caller of [bob, personOf('carl')]) {
    await core.arrive(caller.userId, conversationId)
    await core.joinVoice(caller, { conversationId })
  }
  setAway(true)
  await core.removeMember(ann, conversationId, 'bob')
  // As the wire takes out the session of whoever is a member no more; and of one whose line broke.
  for (const caller of [bob, personOf('carl')]) {
    await expect(core.exit(caller, conversationId)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  }
  expect([...media.legs.keys()]).toEqual(['carl-1'])
})
