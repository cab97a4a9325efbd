import { createMemoryMediaPlane } from '@parley/testkit/memory-media-plane'
import { createTestCore, personOf } from '@parley/testkit/test-core'
import { expect, test } from 'vitest'

/** Ann, the host, is on the first node, Bob on the second; both are in voice. */
async function startNodes({ topology = 'sfu' }: { readonly topology?: 'sfu' | 'mesh' } = {}) {
  const media = [createMemoryMediaPlane({ topology }), createMemoryMediaPlane({ topology })] as const
  const first = createTestCore({}, { media: media[0] })
  const second = createTestCore({}, { ...first.ports, media: media[1] })
  const conversationId = await first.openRoom({ host: 'ann', hostName: 'ann' })
  await second.arrive('bob', conversationId)
  const ann = personOf('ann', '1', conversationId)
  const bob = personOf('bob', '1', conversationId)
  await first.joinVoice(ann, { conversationId })
  await second.joinVoice(bob, { conversationId })
  return { first, second, media, conversationId, ann, bob }
}

test('legs are on the node of their person alone', async () => {
  const { media } = await startNodes()
  expect(media.map(({ legs }) => [...legs.keys()])).toEqual([['ann-1'], ['bob-1']])
})

test('who is removed on another node loses their legs at once', async () => {
  const { first, media, conversationId, ann } = await startNodes()
  await first.kick(ann, { conversationId, userId: 'bob', ban: false })
  await expect.poll(() => media[1].legs.size).toBe(0)
  expect(media[0].legs.size).toBe(1)
})

test('who is removed on another node keeps nobody waiting who speaks next where they were', async () => {
  const { first, second, media, conversationId, ann } = await startNodes()
  const speak = async (userId: string) => {
    media[1].say({ type: 'level', conversationId, userId, isSpeaking: true, level: 0.5 })
    await first.clock.advance(1)
  }
  await speak('bob')
  await first.kick(ann, { conversationId, userId: 'bob', ban: false })
  await expect.poll(() => media[1].legs.size).toBe(0)
  await second.arrive('cleo', conversationId)
  await second.joinVoice(personOf('cleo', '1', conversationId), { conversationId })
  await speak('cleo')
  expect(first.eventsOf('voice.speaking')).toMatchObject([{ userId: 'bob' }, { userId: 'cleo' }])
})

test('who is muted on another node, or loses the right to speak there, is not heard from then on', async () => {
  const { first, media, conversationId, ann } = await startNodes()
  const allowed = () => media[1].legs.get('bob-1')?.allowed
  await first.muteMember(ann, { conversationId, userId: 'bob', muted: true, hard: true })
  await expect.poll(allowed).toEqual({ audio: false, video: true })
  await first.muteMember(ann, { conversationId, userId: 'bob', muted: false, hard: false })
  await first.setRole(ann, { conversationId, userId: 'bob', role: 'listener' })
  await expect.poll(allowed).toEqual({ audio: false, video: false })
})

test('the end of the room on one node is the end of its media on the other', async () => {
  const { first, media, conversationId, ann } = await startNodes()
  await first.endRoom(ann, conversationId)
  await expect.poll(() => media.map(({ legs }) => legs.size)).toEqual([0, 0])
})

test('who comes into voice with another session on another node leaves the first', async () => {
  const { first, media, conversationId } = await startNodes()
  await first.arrive('bob', conversationId, '2')
  await first.joinVoice(personOf('bob', '2', conversationId), { conversationId })
  await expect.poll(() => media.map(({ legs }) => [...legs.keys()])).toEqual([['ann-1', 'bob-2'], []])
})

test('what was told between the nodes and lost is seen to soon after', async () => {
  const { first, second, media, conversationId, bob } = await startNodes()
  const { voice } = first.ports
  const now = await voice.load(conversationId)
  // As another node does it whose word does not arrive.
  await voice.replace({ ...now, participants: now.participants.filter(({ userId }) => userId !== 'bob') })
  expect(media[1].legs.size).toBe(1)
  await first.clock.advance(5_000)
  expect(media[1].legs.size).toBe(0)
  // Or Bob would take himself for heard.
  expect(first.eventsOf('voice.ended')).toMatchObject([{ sessionId: bob.sessionId, reason: 'unavailable' }])
  await second.joinVoice(bob, { conversationId })
  expect(media[1].legs.size).toBe(1)
})

test('nobody is told that they are out who leave themselves, or are no members any more', async () => {
  const { first, second, media, conversationId, ann, bob } = await startNodes()
  await second.leaveVoice(bob, { conversationId })
  await second.joinVoice(bob, { conversationId })
  await first.kick(ann, { conversationId, userId: 'bob', ban: false })
  await first.clock.advance(5_000)
  expect([media[1].legs.size, first.eventsOf('voice.ended')]).toEqual([0, []])
})

test('when the media moved, each node tells its own people', async () => {
  const { first, media, conversationId } = await startNodes()
  const moved = () => first.published.flatMap(({ event, audience }) => (event.type === 'voice.moved' ? [audience] : []))
  media[0].say({ type: 'moved', conversationId })
  await expect.poll(moved).toEqual([{ kind: 'sessions', sessionIds: ['ann-1'] }])
  expect(media.map(({ located }) => located)).toEqual([[conversationId], [conversationId]])
  media[1].say({ type: 'moved', conversationId })
  await expect.poll(moved).toHaveLength(2)
  expect(moved()[1]).toEqual({ kind: 'sessions', sessionIds: ['bob-1'] })
})

test('under mesh what one says to another arrives, whichever node they are on', async () => {
  const { first, second, conversationId, ann, bob } = await startNodes({ topology: 'mesh' })
  const signalled = () =>
    first.published.flatMap(({ event, audience }) =>
      event.type === 'voice.signalled' ? [{ from: event.fromId, audience }] : [],
    )
  await first.signalMedia(ann, { conversationId, to: 'bob', signal: { candidate: 'here' } })
  await second.signalMedia(bob, { conversationId, to: 'ann', signal: { candidate: 'there' } })
  expect(signalled()).toEqual([
    { from: 'ann', audience: { kind: 'sessions', sessionIds: ['bob-1'] } },
    { from: 'bob', audience: { kind: 'sessions', sessionIds: ['ann-1'] } },
  ])
})

test('a node tells of those whom it hears less often while another one does', async () => {
  const { first, media, conversationId } = await startNodes()
  const told = () => first.eventsOf('voice.speaking').length
  for (let at = 0; at < 2_000; at += 20) {
    const level = (at % 400) / 400
    media[0].say({ type: 'level', conversationId, userId: 'ann', isSpeaking: true, level })
    media[1].say({ type: 'level', conversationId, userId: 'bob', isSpeaking: true, level })
    await first.clock.advance(20)
  }
  expect(told()).toBeGreaterThan(8)
  expect(told()).toBeLessThan(14)
})
