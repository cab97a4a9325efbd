import type { FakeClock } from '@parley/testkit/fake-clock'
import { createMemoryMediaPlane } from '@parley/testkit/memory-media-plane'
import { createTestCore, personOf, type TestCore } from '@parley/testkit/test-core'
import { beforeEach, describe, expect, test } from 'vitest'
import { DomainError } from '../errors.ts'
import type { Published } from '../events.ts'
import type { CorePorts } from '../ports/core-ports.ts'

const LEASE_MS = 30_000

/** Refuses everything while `isCut` says so. */
function cuttable<T extends object>(store: T, isCut: () => boolean): T {
  return new Proxy(store, {
    get(target, name) {
      const own = Reflect.get(target, name)
      if (typeof own !== 'function') return own
      return (...args: unknown[]) => {
        if (!isCut()) return Reflect.apply(own, target, args)
        return Promise.reject(new DomainError('UNAVAILABLE', 'The store is away.'))
      }
    },
  })
}

/** `rooms`: the second node reaches all but the conversations. */
let cut: 'nobody' | 'bob' | 'rooms' | 'everybody'
let clock: FakeClock
let first: TestCore
let second: TestCore
let media: ReturnType<typeof createMemoryMediaPlane>
let conversationId: string

/** Ann, the host, is on the first node, Bob and Cem on the second; all are in voice. Nothing is heard by the second while it is cut off. */
async function start({ topology = 'sfu' }: { readonly topology?: 'sfu' | 'mesh' } = {}): Promise<void> {
  cut = 'nobody'
  media = createMemoryMediaPlane({ topology })
  const base = createTestCore()
  base.close()
  const all = base.ports
  clock = base.clock
  const portsOf = (isCut: () => boolean, isWithoutRooms = isCut): CorePorts => ({
    ...all,
    presence: cuttable(all.presence, isCut),
    voice: cuttable(all.voice, isCut),
    conversations: cuttable(all.conversations, isWithoutRooms),
    deadlines: cuttable(all.deadlines, isCut),
    bus: {
      ...all.bus,
      publish: (published) => (isCut() ? undefined : all.bus.publish(published)),
      subscribe: (id, listener) => all.bus.subscribe(id, (published) => (isCut() ? undefined : listener(published))),
    },
  })
  first = createTestCore(
    { presenceLeaseMs: LEASE_MS },
    { ...portsOf(() => cut === 'everybody'), media: createMemoryMediaPlane({ topology }) },
  )
  const ofSecond = portsOf(
    () => cut === 'bob' || cut === 'everybody',
    () => cut !== 'nobody',
  )
  second = createTestCore({ presenceLeaseMs: LEASE_MS }, { ...ofSecond, media })
  conversationId = await first.openRoom({ host: 'ann', hostName: 'ann' })
  await second.arrive('bob', conversationId)
  await second.arrive('cem', conversationId)
  await first.joinVoice(caller('ann'), { conversationId })
  await second.joinVoice(caller('bob'), { conversationId, muted: true })
  await second.joinVoice(caller('cem'), { conversationId })
  await second.raiseHand(caller('bob'), { conversationId, raised: true })
  await pass(1000)
  published = []
  first.ports.bus.subscribe(conversationId, (one) => void published.push(one))
}
let published: Published[]
beforeEach(() => start())

const caller = (userId: string, session = '1') => personOf(userId, session, conversationId)
const inVoice = async () => (await first.voice(caller('ann'), conversationId)).participants
const names = async () => (await inVoice()).map(({ userId }) => userId)
const told = (type: string) => published.filter(({ event }) => event.type === type)

async function renew(core: TestCore, ...userIds: string[]): Promise<void> {
  const entries = userIds.map((userId) => ({ userId, conversationId, sessionId: `${userId}-1` }))
  await core.renew(entries).catch(() => undefined)
}

/** Time goes by; each node renews what it can. */
async function pass(ms: number, here: readonly string[] = ['bob', 'cem']): Promise<void> {
  for (let left = ms; left > 0; left -= 1000) {
    await clock.advance(Math.min(left, 1000))
    await renew(first, 'ann')
    await renew(second, ...here)
  }
}

describe('while one node can not reach the store for longer than leases last', () => {
  test('its people are gone for the others, and in voice again as they were, on the media that they have', async () => {
    const [before] = (await inVoice()).filter(({ userId }) => userId === 'bob')
    const legs = media.legs.get('bob-1')
    cut = 'bob'
    await pass(60_000)
    expect(await names()).toEqual(['ann'])
    expect(media.legs.get('bob-1')).toBe(legs)
    cut = 'nobody'
    await pass(1000)
    expect((await inVoice()).find(({ userId }) => userId === 'bob')).toEqual(before)
    expect(await names()).toEqual(['ann', 'bob', 'cem'])
    await pass(60_000)
    expect(await names()).toEqual(['ann', 'bob', 'cem'])
    expect(media.legs.get('bob-1')).toBe(legs)
    expect(told('voice.moved')).toEqual([])
  })

  test('what could not be done when the leases were back is done later', async () => {
    cut = 'bob'
    await pass(40_000)
    cut = 'rooms'
    await pass(20_000)
    expect(await names()).toEqual(['ann'])
    expect([...media.legs.keys()]).toEqual(['bob-1', 'cem-1'])
    cut = 'nobody'
    await pass(2000)
    expect(await names()).toEqual(['ann', 'bob', 'cem'])
    expect((await first.member(conversationId, 'bob'))?.absentSince).toBe(null)
  })

  test('under mesh, where the others have ended their lines, they are told to make their media anew', async () => {
    await start({ topology: 'mesh' })
    cut = 'bob'
    await pass(60_000)
    cut = 'nobody'
    await pass(1000)
    expect(told('voice.moved').map(({ audience }) => audience)).toEqual([
      { kind: 'sessions', sessionIds: ['bob-1'] },
      { kind: 'sessions', sessionIds: ['cem-1'] },
    ])
  })

  test('nobody comes back whose line broke meanwhile, or who is in voice with another device', async () => {
    cut = 'bob'
    await pass(40_000)
    await expect(second.exit(caller('cem'), conversationId)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await first.arrive('bob', conversationId, '2')
    await first.joinVoice(caller('bob', '2'), { conversationId })
    cut = 'nobody'
    // Under way already when she went.
    await renew(second, 'cem')
    await pass(10_000, ['bob'])
    expect((await inVoice()).map(({ sessionId }) => sessionId)).toEqual(['ann-1', 'bob-2'])
    expect([...media.legs.keys()]).toEqual([])
    expect(told('voice.ended').map(({ audience }) => audience)).toContainEqual({
      kind: 'sessions',
      sessionIds: ['bob-1'],
    })
  })

  test('nobody comes back who was removed, and who was muted by the host stays so', async () => {
    cut = 'bob'
    await pass(40_000)
    await first.kick(caller('ann'), { conversationId, userId: 'cem', ban: false })
    await first.muteMember(caller('ann'), { conversationId, userId: 'bob', muted: true, hard: true })
    cut = 'nobody'
    await pass(10_000)
    expect((await inVoice()).map(({ userId, hardMuted }) => [userId, hardMuted])).toEqual([
      ['ann', false],
      ['bob', true],
    ])
    expect([...media.legs.keys()]).toEqual(['bob-1'])
    expect(media.legs.get('bob-1')?.allowed.audio).toBe(false)
  })

  test('who leaves as soon as they can be heard is out', async () => {
    cut = 'bob'
    await pass(40_000)
    cut = 'nobody'
    const renewing = renew(second, 'bob', 'cem')
    await second.leaveVoice(caller('bob'), { conversationId })
    await renewing
    await pass(10_000)
    expect(await names()).toEqual(['ann', 'cem'])
    expect([...media.legs.keys()]).toEqual(['cem-1'])
  })
})

describe('while no node can reach the store for longer than leases last', () => {
  test('nobody is taken for gone when it is back', async () => {
    cut = 'everybody'
    await pass(60_000)
    cut = 'nobody'
    // The first node looks before the second has renewed anything.
    await clock.advance(6000)
    expect(await names()).toEqual(['ann', 'bob', 'cem'])
    await pass(60_000)
    expect(await names()).toEqual(['ann', 'bob', 'cem'])
    expect([told('voice.changed'), told('voice.ended'), told('presence.changed')]).toEqual([[], [], []])
  })

  test('whose node died in that time is gone soon after', async () => {
    cut = 'everybody'
    await pass(60_000)
    cut = 'nobody'
    await pass(25_000, ['cem'])
    expect(await names()).toEqual(['ann', 'cem'])
  })
})
