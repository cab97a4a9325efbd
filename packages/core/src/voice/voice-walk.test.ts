import { type Core, DomainError, type SessionCaller } from '@parley/core'
import { createRandom } from '@parley/testkit/contracts'
import { createMemoryMediaPlane } from '@parley/testkit/memory-media-plane'
import { createTestCore, personOf } from '@parley/testkit/test-core'
import { describe, expect, test } from 'vitest'
import { allowedMedia, sendsVideo } from './voice-people.ts'

const PEOPLE = ['ann', 'bob', 'cleo', 'dan', 'eve', 'fay']
const MODES = ['mic', 'camera', 'screen'] as const
const STEPS = 120
const MOST = { mostInAudio: 4, mostInVideo: 3 }

/** People come into voice and go, lose their lines, mute and are muted, several at once. What must hold of voice at rest is looked at after every round. */
async function walk(seed: number): Promise<void> {
  const random = createRandom(seed)
  const media = createMemoryMediaPlane(MOST)
  const core = createTestCore({ absentTimeoutMs: 10_000 }, { media })
  const conversationId = await core.openRoom({ hostName: 'ann', host: 'ann', minutes: 60 })
  const sessions: SessionCaller[] = [personOf('ann', '1', conversationId)]
  const host = () => core.ports.conversations.load(conversationId).then((state) => state?.conversation.hostId ?? 'ann')
  const by = async () => personOf(random.integer(3) === 0 ? random.pick(PEOPLE) : await host())
  const about = () => ({ conversationId, userId: random.pick(PEOPLE) })
  const isYes = () => random.integer(2) === 0
  let count = 1

  const acts: ((session: SessionCaller) => Promise<unknown>)[] = [
    async () => {
      count += 1
      const userId = random.pick(PEOPLE)
      await core.arrive(userId, conversationId, `${count}`)
      sessions.push(personOf(userId, `${count}`))
    },
    ...Array.from({ length: 4 }, () => (session: SessionCaller) => join(core, session, isYes())),
    (session) => core.leaveVoice(session, { conversationId }),
    (session) => core.setMuted(session, { conversationId, muted: isYes() }),
    (session) => core.publishMedia(session, { conversationId, source: random.pick(MODES) }),
    (session) => core.unpublishMedia(session, { conversationId, source: random.pick(MODES) }),
    async (session) => {
      sessions.splice(sessions.indexOf(session), 1)
      await core.exit(session, conversationId)
    },
    async () => core.muteMember(await by(), { ...about(), muted: isYes(), hard: isYes() }),
    async () => core.muteAll(await by(), { conversationId, hard: isYes() }),
    async () => core.kick(await by(), { ...about(), ban: false }),
    async () =>
      core.setRole(await by(), { ...about(), role: random.pick(['listener', 'speaker', 'moderator'] as const) }),
    async () => media.say({ type: 'level', ...about(), isSpeaking: isYes(), level: random.integer(10) / 10 }),
    () => core.clock.advance(random.integer(3_000)),
  ]
  const join = (to: Core, session: SessionCaller, video: boolean) => to.joinVoice(session, { conversationId, video })

  for (let step = 0; step < STEPS; step += 1) {
    const round = Array.from({ length: 1 + random.integer(3) }, () => {
      const session = sessions[random.integer(Math.max(1, sessions.length))] ?? personOf('ann')
      return random.pick(acts)(session)
    })
    for (const { reason } of (await Promise.allSettled(round)).filter((one) => one.status === 'rejected')) {
      expect(reason).toBeInstanceOf(DomainError)
    }
    await expectSound(core, conversationId)
  }
  await core.clock.advance(3_600_000)
  expect([media.legs.size, await core.isInVoice('ann', conversationId)]).toEqual([0, false])
  expect(core.reported).toEqual([])
}

async function expectSound(core: ReturnType<typeof createTestCore>, id: string): Promise<void> {
  const state = await core.ports.conversations.load(id)
  const voice = await core.ports.voice.load(id)
  const media = core.ports.media as ReturnType<typeof createMemoryMediaPlane>
  const { participants } = voice
  const present = participants.filter(({ goneSince }) => goneSince === null)
  expect(new Set(participants.map(({ userId }) => userId)).size).toBe(participants.length)
  // Media legs are those of the people who are there, and let through what they may send.
  expect([...media.legs.keys()].sort()).toEqual(present.map(({ sessionId }) => sessionId).sort())
  for (const one of participants) {
    const member = state?.members.get(one.userId)
    expect(member, `${one.userId} is in voice and no member`).toBeDefined()
    expect(one.maySend).toBe(member?.role !== 'listener')
    expect(one.hardMuted).toBe(voice.hardMuted.includes(one.userId))
    if (!one.maySend || one.hardMuted) expect([one.muted, one.speaking]).toEqual([true, false])
    if (one.muted) expect(one.speaking).toBe(false)
    if (!one.maySend) expect(one.sources).toEqual([])
    if (one.goneSince === null) expect(media.legs.get(one.sessionId)?.allowed).toEqual(allowedMedia(one))
  }
  expect(participants.length).toBeLessThanOrEqual(participants.some(sendsVideo) ? MOST.mostInVideo : MOST.mostInAudio)
}

describe('voice among many people, at random', () => {
  test.each(Array.from({ length: 25 }, (_, i) => 815 + i))('is as it should be after every step (seed %i)', walk)
})
