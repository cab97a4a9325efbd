import { createMemoryMediaPlane } from '@parley/testkit/memory-media-plane'
import { createTestCore, personOf } from '@parley/testkit/test-core'
import { describe, expect, test, vi } from 'vitest'

const refusal = (code: string) => expect.objectContaining({ code })
const VOICE_GRACE_MS = 5_000

/** A room of these people, all of them inside. The first is the host. */
async function openVoice(userIds: readonly string[], media = createMemoryMediaPlane(), options = {}) {
  const core = createTestCore(options, { media })
  const [host = ''] = userIds
  const id = await core.openRoom({ host, hostName: host })
  for (const userId of userIds.slice(1)) await core.arrive(userId, id)
  const conversationId = id
  const joinVoice = (userId: string, wish = {}, session = '1') =>
    core.joinVoice(personOf(userId, session, id), { conversationId, ...wish })
  const people = async () => (await core.voice(personOf(host), id)).participants
  const inVoice = async (userId: string) => (await people()).find((one) => one.userId === userId)
  return { core, media, id, conversationId, joinVoice, people, inVoice }
}

type Situation = Awaited<ReturnType<typeof openVoice>>

describe('media follow who is in voice', () => {
  test('legs are made for whoever comes, and closed for whoever goes', async () => {
    const { core, media, conversationId, joinVoice } = await openVoice(['ann', 'bob'])
    await joinVoice('ann')
    await joinVoice('bob')
    expect([...media.legs.keys()]).toEqual(['ann-1', 'bob-1'])
    await core.leaveVoice(personOf('bob'), { conversationId })
    expect([...media.legs.keys()]).toEqual(['ann-1'])
    await core.exit(personOf('ann'), conversationId)
    expect(media.legs.size).toBe(0)
  })

  test('whoever is removed, leaves or loses the right to speak is not heard from that moment on', async () => {
    const { core, media, conversationId, joinVoice, inVoice } = await openVoice(['ann', 'bob', 'cleo', 'dan'])
    for (const userId of ['bob', 'cleo', 'dan']) await joinVoice(userId)
    await core.kick(personOf('ann'), { conversationId, userId: 'bob', ban: false })
    expect(media.legs.has('bob-1')).toBe(false)
    await core.leave(personOf('cleo'), conversationId)
    expect(media.legs.has('cleo-1')).toBe(false)
    await core.setRole(personOf('ann'), { conversationId, userId: 'dan', role: 'listener' })
    expect(media.legs.get('dan-1')?.allowed).toEqual({ audio: false, video: false })
    expect(await inVoice('dan')).toMatchObject({ maySend: false, muted: true, sources: [] })
  })

  test('the end of the room is the end of its media', async () => {
    const { core, media, id, joinVoice } = await openVoice(['ann', 'bob'])
    await joinVoice('bob')
    await core.clock.advance(3_600_000)
    expect([media.legs.size, media.closed]).toEqual([0, [id]])
  })

  test('the host ends the room for all; nobody else does, and no chat ends so', async () => {
    const { core, media, id, joinVoice } = await openVoice(['ann', 'bob'])
    await joinVoice('bob')
    await expect(core.endRoom(personOf('bob'), id)).rejects.toEqual(refusal('FORBIDDEN'))
    await core.endRoom(personOf('ann'), id)
    expect([media.legs.size, core.eventsOf('conversation.expired')]).toMatchObject([
      0,
      [{ conversationId: id, endedBy: 'host' }],
    ])
    const group = await core.openGroup(['ann', 'bob'])
    await expect(core.endRoom(personOf('ann'), group)).rejects.toEqual(refusal('FORBIDDEN'))
  })

  test('whoever is removed while their media are made has none in the end', async () => {
    const { core, media, conversationId, joinVoice, people } = await openVoice(['ann', 'bob'])
    media.beforeJoin = () => core.kick(personOf('ann'), { conversationId, userId: 'bob', ban: false })
    await expect(joinVoice('bob')).rejects.toEqual(refusal('NOT_IN_ROOM'))
    expect([media.legs.size, await people()]).toEqual([0, []])
  })

  test('whoever was muted by a moderator is heard again when they unmute, and not before', async () => {
    const { core, media, conversationId, joinVoice } = await openVoice(['ann', 'bob'])
    await joinVoice('bob')
    const audio = () => media.legs.get('bob-1')?.allowed.audio
    await core.setMuted(personOf('bob'), { conversationId, muted: true })
    expect(audio()).toBe(true)
    await core.muteMember(personOf('ann'), { conversationId, userId: 'bob', muted: true, hard: false })
    expect(audio()).toBe(false)
    await core.setMuted(personOf('bob'), { conversationId, muted: false })
    expect(audio()).toBe(true)
    await core.muteMember(personOf('ann'), { conversationId, userId: 'bob', muted: true, hard: true })
    await expect(core.setMuted(personOf('bob'), { conversationId, muted: false })).rejects.toEqual(refusal('FORBIDDEN'))
    await joinVoice('bob', { muted: false })
    expect(audio()).toBe(false)
  })
})

describe('a place in voice', () => {
  test('is kept for whoever loses the line and comes back at once', async () => {
    const { core, media, conversationId, joinVoice, inVoice } = await openVoice(['ann', 'bob'])
    await joinVoice('bob', { muted: true })
    await core.publishMedia(personOf('bob'), { conversationId, source: 'mic' })
    await core.raiseHand(personOf('bob'), { conversationId, raised: true })
    const before = await inVoice('bob')
    core.forget()
    await core.exit(personOf('bob'), conversationId)
    expect([media.legs.size, core.eventsOf('voice.changed')]).toEqual([0, []])
    await core.clock.advance(VOICE_GRACE_MS - 1)
    await core.arrive('bob', conversationId, '2')
    await joinVoice('bob', {}, '2')
    expect(await inVoice('bob')).toEqual({ ...before, sessionId: 'bob-2', legs: 2 })
    expect([...media.legs.keys()]).toEqual(['bob-2'])
    await core.clock.advance(VOICE_GRACE_MS)
    expect(await inVoice('bob')).toBeDefined()
  })

  test('is kept longer for whoever is sent to another node', async () => {
    const { core, conversationId, joinVoice, inVoice } = await openVoice(['ann', 'bob'])
    await joinVoice('bob', { muted: true })
    const before = await inVoice('bob')
    await core.exit(personOf('bob'), conversationId, 'moves')
    await core.clock.advance(VOICE_GRACE_MS + 4999)
    await core.arrive('bob', conversationId, '2')
    await joinVoice('bob', {}, '2')
    expect(await inVoice('bob')).toEqual({ ...before, sessionId: 'bob-2', legs: 2 })
  })

  test('is given up after that', async () => {
    const { core, conversationId, joinVoice, people } = await openVoice(['ann', 'bob'])
    await joinVoice('bob')
    await core.exit(personOf('bob'), conversationId)
    core.forget()
    await core.clock.advance(VOICE_GRACE_MS)
    expect([await people(), core.eventsOf('voice.changed').length]).toEqual([[], 1])
  })

  test('is given up then, however long it took the store to note when that is', async () => {
    const { core, conversationId, joinVoice, people } = await openVoice(['ann', 'bob'])
    await joinVoice('bob')
    const { deadlines } = core.ports
    const set = deadlines.set.bind(deadlines)
    vi.spyOn(deadlines, 'set').mockImplementation(async (deadline) => {
      await set(deadline)
      await core.clock.advance(300)
    })
    await core.exit(personOf('bob'), conversationId)
    await core.clock.advance(VOICE_GRACE_MS)
    expect(await people()).toEqual([])
  })

  test.each([
    [
      'the store was away when their line broke',
      async ({ core, conversationId }: Situation) => {
        vi.spyOn(core.ports.voice, 'load').mockRejectedValueOnce(new Error('away'))
        await core.exit(personOf('bob'), conversationId)
      },
    ],
    [
      'their node was killed',
      async ({ core, conversationId }: Situation) => {
        await core.ports.presence.leave({ conversationId, userId: 'bob', sessionId: 'bob-1' }, null)
      },
    ],
  ])(
    'is given up though nobody noted that they went, with another session of theirs still there: %s',
    async (_, lose) => {
      const situation = await openVoice(['ann', 'bob'], undefined, { presenceLeaseMs: 30_000 })
      const { core, conversationId, joinVoice, people } = situation
      for (const userId of ['ann', 'bob']) await joinVoice(userId)
      await core.arrive('bob', conversationId, '2')
      await lose(situation)
      await core.clock.advance(VOICE_GRACE_MS)
      expect((await people()).map(({ userId }) => userId)).toEqual(['ann', 'bob'])
      core.forget()
      await core.clock.advance(10_000)
      expect((await people()).map(({ userId }) => userId)).toEqual(['ann'])
      expect(core.eventsOf('voice.changed')).toHaveLength(1)
    },
  )

  test('is looked at for as long as somebody is in voice, and no longer', async () => {
    const { core, conversationId, joinVoice } = await openVoice(['ann', 'bob'], undefined, { presenceLeaseMs: 30_000 })
    const leases = [{ conversationId, userId: 'ann', sessionId: 'ann-1' }]
    const renewing = async (ms: number) => {
      for (let passed = 0; passed < ms; passed += 10_000) {
        await core.renew(leases)
        await core.clock.advance(10_000)
      }
    }
    const looks = vi.spyOn(core.ports.presence, 'sessions')
    await joinVoice('ann')
    await renewing(100_000)
    expect(looks.mock.calls.length).toBeGreaterThanOrEqual(9)
    await core.leaveVoice(personOf('ann'), { conversationId })
    await renewing(20_000)
    looks.mockClear()
    await renewing(60_000)
    expect(looks).not.toHaveBeenCalled()
  })

  test('is one for each user and for each session', async () => {
    const { core, media, conversationId, joinVoice, people } = await openVoice(['ann', 'bob'])
    await joinVoice('bob')
    await joinVoice('bob', {}, '2')
    expect((await people()).map(({ sessionId }) => sessionId)).toEqual(['bob-2'])
    expect(core.eventsOf('voice.ended')).toMatchObject([{ sessionId: 'bob-1', reason: 'elsewhere' }])
    const group = await core.openGroup(['ann', 'bob'])
    await core.joinVoice(personOf('bob', '2'), { conversationId: group })
    expect(await people()).toEqual([])
    expect([...media.legs.values()].map(({ seat }) => seat.conversationId)).toEqual([group])
    expect(await core.isInVoice('bob', conversationId)).toBe(false)
  })

  test('is lost when no media server answers, and kept by those who had it', async () => {
    const { core, media, joinVoice, people } = await openVoice(['ann', 'bob'])
    await joinVoice('ann')
    media.isDown = true
    await expect(joinVoice('bob')).rejects.toEqual(refusal('MEDIA_UNAVAILABLE'))
    await expect(joinVoice('ann')).rejects.toEqual(refusal('MEDIA_UNAVAILABLE'))
    expect((await people()).map(({ userId }) => userId)).toEqual(['ann'])
    expect(core.eventsOf('voice.ended')).toEqual([])
  })
})

describe('what is kept of voice', () => {
  const EXTENDED_MS = 30 * 60_000

  test('goes with the room, also when the room is extended', async () => {
    const { core, id, conversationId, joinVoice } = await openVoice(['ann', 'bob', 'cleo'])
    const { voice } = core.ports
    const expiresAt = (await core.settings(id)).expiresAt ?? 0
    const endsAt = async () => (await voice.load(id)).endsAt
    await core.extend(personOf('ann'), { conversationId, minutes: 30 })
    expect([await endsAt(), core.eventsOf('voice.changed')]).toEqual([null, []])
    await core.muteMember(personOf('ann'), { conversationId, userId: 'cleo', muted: true, hard: true })
    expect(await endsAt()).toBe(expiresAt + EXTENDED_MS)
    await core.muteMember(personOf('ann'), { conversationId, userId: 'cleo', muted: false, hard: false })
    expect(await endsAt()).toBeNull()
    await joinVoice('bob')
    expect(await endsAt()).toBe(expiresAt + EXTENDED_MS)
    await core.extend(personOf('ann'), { conversationId, minutes: 30 })
    expect(await endsAt()).toBe(expiresAt + 2 * EXTENDED_MS)
    await core.setMuted(personOf('bob'), { conversationId, muted: true })
    expect(await endsAt()).toBe(expiresAt + 2 * EXTENDED_MS)
    const group = await core.openGroup(['ann', 'bob'])
    await core.joinVoice(personOf('ann'), { conversationId: group })
    expect((await voice.load(group)).endsAt).toBeNull()
  })

  test('goes with the room also where that was extended while somebody came into voice', async () => {
    const media = createMemoryMediaPlane()
    const { core, id, conversationId, joinVoice } = await openVoice(['ann', 'bob'], media)
    const before = await core.ports.conversations.load(id)
    await core.extend(personOf('ann'), { conversationId, minutes: 30 })
    vi.spyOn(core.ports.conversations, 'load').mockResolvedValueOnce(before)
    await joinVoice('bob')
    const { endsAt } = await core.ports.voice.load(id)
    expect(endsAt).toBe((await core.settings(id)).expiresAt)
  })

  test('is not taken for over when nobody could tell it that the room was extended', async () => {
    const { core, id, conversationId, joinVoice, people } = await openVoice(['ann'], undefined, {
      presenceLeaseMs: 30_000,
    })
    await joinVoice('ann')
    const { voice } = core.ports
    const { endsAt } = await voice.load(id)
    if (endsAt === null) throw new Error('a room ends')
    vi.spyOn(voice, 'load').mockRejectedValueOnce(new Error('away'))
    await core.extend(personOf('ann'), { conversationId, minutes: 30 })
    expect([(await voice.load(id)).endsAt, core.reported]).toEqual([endsAt, [expect.any(Error)]])
    while (core.clock.now() < endsAt + 10_000) {
      await core.renew([{ conversationId, userId: 'ann', sessionId: 'ann-1' }])
      await core.clock.advance(10_000)
    }
    expect([(await voice.load(id)).endsAt, await people()]).toMatchObject([endsAt + EXTENDED_MS, [{ userId: 'ann' }]])
  })
})

describe('what the media plane says', () => {
  test('that it moved is told to those in voice; after a minute without one voice is over', async () => {
    const { core, media, conversationId, joinVoice, people } = await openVoice(['ann', 'bob', 'cleo'])
    for (const userId of ['ann', 'bob']) await joinVoice(userId)
    media.say({ type: 'lost', conversationId })
    await core.clock.advance(59_000)
    media.say({ type: 'moved', conversationId })
    await core.clock.advance(60_000)
    const moved = core.published.filter(({ event }) => event.type === 'voice.moved')
    expect(moved.map(({ audience }) => audience)).toEqual([{ kind: 'sessions', sessionIds: ['ann-1', 'bob-1'] }])
    expect(await people()).toHaveLength(2)
    media.say({ type: 'lost', conversationId })
    await core.clock.advance(60_000)
    expect(await people()).toEqual([])
    expect(core.eventsOf('voice.ended').map(({ reason }) => reason)).toEqual(['unavailable', 'unavailable'])
  })

  test('whoever was heard last and has left keeps nobody waiting who speaks next', async () => {
    const { core, media, conversationId, joinVoice } = await openVoice(['ann', 'bob'])
    const speak = async (userId: string) => {
      await joinVoice(userId)
      media.say({ type: 'level', conversationId, userId, isSpeaking: true, level: 0.5 })
      await core.clock.advance(1)
    }
    await speak('ann')
    await core.leaveVoice(personOf('ann'), { conversationId })
    await speak('bob')
    expect(core.eventsOf('voice.speaking')).toMatchObject([{ userId: 'ann' }, { userId: 'bob' }])
  })

  test('who speaks is told at most five times a second, turns first, and nothing of the muted', async () => {
    const { core, media, conversationId, joinVoice, inVoice } = await openVoice(['ann', 'bob', 'cleo'])
    for (const userId of ['ann', 'bob', 'cleo']) await joinVoice(userId)
    await core.setMuted(personOf('cleo'), { conversationId, muted: true })
    const say = (userId: string, isSpeaking: boolean, level = 0.5) =>
      media.say({ type: 'level', conversationId, userId, isSpeaking, level })
    for (let ms = 0; ms < 2_000; ms += 50) {
      say('ann', true, (ms % 100) / 100)
      say('cleo', true)
      if (ms === 1_000) say('bob', true)
      await core.clock.advance(50)
    }
    const told = core.eventsOf('voice.speaking')
    expect(told.length).toBeLessThanOrEqual(10)
    expect(new Set(told.map(({ userId }) => userId))).toEqual(new Set(['ann', 'bob']))
    const bobs = told.find(({ userId }) => userId === 'bob')
    expect(bobs?.at).toBeLessThanOrEqual((told[0]?.at ?? 0) + 1_250)
    expect((await inVoice('ann'))?.speaking).toBe(true)
    const members = await core.members(personOf('ann'), conversationId)
    expect(members.map(({ voice }) => [voice.muted, voice.speaking])).toEqual([
      [false, true],
      [false, true],
      [true, false],
    ])
  })

  test('its signals go to the one session', async () => {
    const { core, media, conversationId, joinVoice } = await openVoice(['ann', 'bob'])
    await joinVoice('bob')
    const signal = { description: { type: 'offer', sdp: 'v=0' } } as const
    media.say({ type: 'signal', conversationId, sessionId: 'bob-1', from: null, signal })
    expect(core.published.at(-1)).toMatchObject({
      event: { type: 'voice.signalled', fromId: null, signal },
      audience: { kind: 'sessions', sessionIds: ['bob-1'] },
    })
  })

  test('only those in voice say anything to it', async () => {
    const { core, media, conversationId, joinVoice } = await openVoice(['ann', 'bob', 'cleo'])
    await joinVoice('bob')
    const say = (userId: string) =>
      core.signalMedia(personOf(userId), { conversationId, to: null, signal: { restart: true } })
    await say('bob')
    await expect(say('cleo')).rejects.toEqual(refusal('NOT_IN_ROOM'))
    expect(media.signals).toEqual([{ sessionId: 'bob-1', signal: { restart: true } }])
  })
})

describe('recording', () => {
  test("is the host's to begin, is told before it begins, and ends with the last one in voice", async () => {
    const { core, media, conversationId, id, joinVoice } = await openVoice(['ann', 'bob'], undefined, {
      allowsRecording: true,
    })
    const record = (userId: string, on: boolean) => core.record(personOf(userId), { conversationId, on })
    await expect(record('ann', true)).rejects.toEqual(refusal('CONFLICT'))
    await joinVoice('bob')
    await expect(record('bob', true)).rejects.toEqual(refusal('FORBIDDEN'))
    await record('ann', true)
    expect((await core.voice(personOf('bob'), id)).recording).toMatchObject({ byId: 'ann' })
    expect(media.recorded.has(id)).toBe(true)
    await core.leaveVoice(personOf('bob'), { conversationId })
    await expect.poll(() => media.recorded.has(id)).toBe(false)
  })

  test('is not for encrypted rooms, nor where the deployment does not allow it', async () => {
    const { core, conversationId, joinVoice } = await openVoice(['ann'])
    await joinVoice('ann')
    await expect(core.record(personOf('ann'), { conversationId, on: true })).rejects.toEqual(refusal('FORBIDDEN'))
    const allowing = createTestCore({ allowsRecording: true })
    const encrypted = await allowing.openRoom({ encrypted: true })
    await allowing.joinVoice(personOf('ann'), { conversationId: encrypted })
    const on = { conversationId: encrypted, on: true }
    await expect(allowing.record(personOf('ann'), on)).rejects.toEqual(refusal('FORBIDDEN'))
  })
})

test('in a chat its members talk, and strangers see no chat', async () => {
  const core = createTestCore()
  const conversationId = await core.openDirect('ann', 'bob')
  await core.joinVoice(personOf('ann'), { conversationId })
  await expect(core.joinVoice(personOf('eve'), { conversationId })).rejects.toEqual(refusal('CONVERSATION_NOT_FOUND'))
  await expect(core.voice(personOf('eve'), conversationId)).rejects.toEqual(refusal('CONVERSATION_NOT_FOUND'))
  const mute = { conversationId, userId: 'ann', muted: true, hard: true }
  await expect(core.muteMember(personOf('bob'), mute)).rejects.toEqual(refusal('FORBIDDEN'))
  await core.deleteConversation(null, conversationId)
  expect(await core.isInVoice('ann', conversationId)).toBe(false)
})
