import { emptyVoice } from '@parley/core'
import {
  describeDeadlineStore,
  describePresenceStore,
  describeStatusStore,
  describeVoiceStore,
  sampleParticipant,
} from '@parley/testkit/contracts'
import { createFakeClock } from '@parley/testkit/fake-clock'
import { createTestCore, personOf } from '@parley/testkit/test-core'
import { expect, test } from 'vitest'
import type { RedisLink } from '../../redis/open-redis.ts'
import { allKeys, describeOnOwnRedis } from '../../redis/own-redis-fixture.ts'
import { partitionOf } from '../../redis/partitions.ts'
import { createRedisStores } from './create-redis-stores.ts'
import { createRedisDeadlineStore } from './redis-deadline-store.ts'
import { createRedisPresenceStore } from './redis-presence-store.ts'
import { createRedisStatusStore } from './redis-status-store.ts'
import { createRedisVoiceStore } from './redis-voice-store.ts'

const NOW = Date.UTC(2030, 0, 1)
const HOUR_MS = 3_600_000
const GRACE_MS = 60_000

/** Every key whose name has this in it, with when it goes by itself. */
async function endsOf(link: RedisLink, part: string): Promise<Record<string, number>> {
  const names = (await allKeys(link)).filter((name) => name.includes(part)).sort()
  return link.ask(async (redis) =>
    Object.fromEntries(await Promise.all(names.map(async (name) => [name, await redis.pexpiretime(name)] as const))),
  )
}

/** Keys that are kept for a time, and not until one, go by a millisecond earlier or later. */
function secondsAfter(at: number, ends: Record<string, number>): ReadonlySet<number> {
  return new Set(Object.values(ends).map((end) => Math.round((end - at) / 1000)))
}

/** Two conversations of one partition. */
function neighbours(): readonly [string, string] {
  for (let n = 0; ; n += 1) if (partitionOf(`c-${n}`) === partitionOf('room')) return ['room', `c-${n}`]
}

/** A core on these stores, at this time. Its room has people in voice, one who is kept muted, and one who has gone. */
async function openRoomWithVoice(link: RedisLink, now: number) {
  const { users: _, ...stores } = createRedisStores(link)
  const clock = createFakeClock(now)
  const startNode = () => createTestCore({ presenceLeaseMs: 30_000 }, { ...stores, clock })
  const core = startNode()
  const id = await core.openRoom()
  for (const userId of ['bob', 'cleo']) await core.arrive(userId, id)
  await core.say('bob', id, 'hello')
  for (const userId of ['ann', 'bob']) await core.joinVoice(personOf(userId), { conversationId: id })
  await core.muteMember(personOf('ann'), { conversationId: id, userId: 'cleo', muted: true, hard: true })
  await core.exit(personOf('bob'), id)
  return { core, id, clock, startNode }
}

describeOnOwnRedis((name, empty) => {
  const open = async () => {
    const link = await empty()
    return {
      link,
      presence: createRedisPresenceStore(link),
      status: createRedisStatusStore(link),
      deadlines: createRedisDeadlineStore(link),
      voice: createRedisVoiceStore(link),
      async [Symbol.asyncDispose]() {
        // The connection is the file's.
      },
    }
  }

  describePresenceStore(name, open)
  describeStatusStore(name, open)
  describeDeadlineStore(name, open)
  describeVoiceStore(name, open)

  test('the nodes that sweep may die of it: who is gone is said once more, and not when they are back', async () => {
    const { presence } = await open()
    const lease = (userId: string) => ({ conversationId: 'room', userId, sessionId: `${userId}-1` })
    await presence.enter(lease('ann'), NOW, null)
    await presence.enter(lease('bob'), NOW, null)
    expect(await presence.expire(NOW)).toHaveLength(2)
    await presence.enter(lease('bob'), NOW + 90_000, null)
    expect(await presence.expire(NOW + 29_999)).toEqual([])
    expect(await presence.expire(NOW + 30_000)).toEqual([{ conversationId: 'room', userId: 'ann' }])
    expect(await presence.expire(NOW + 60_000)).toEqual([])
    expect(await presence.online('room', NOW + 60_000)).toEqual(new Set(['bob']))
  })

  test('what is of a room goes a minute after it, also when the end is moved, and outlives no lease', async () => {
    const { link, presence } = await open()
    const [endsAt, room] = [Date.now() + 3_600_000, 'k7fp2m9xqd4w']
    const lease = (userId: string) => ({ conversationId: room, userId, sessionId: `${userId}-1` })
    const ends = () =>
      link.ask(async (redis) => {
        const names = (await allKeys(link)).filter((name) => name.endsWith(room))
        return [names.length, ...new Set(await Promise.all(names.map((name) => redis.pexpiretime(name))))]
      })
    await presence.enter(lease('ann'), Date.now() + 30_000, endsAt)
    expect(await ends()).toEqual([2, endsAt + 60_000])
    await presence.renew([lease('ann')], Date.now() + 40_000)
    await presence.leave(lease('ann'), Date.now() - 1)
    expect(await ends()).toEqual([1, endsAt + 60_000])
    await presence.enter(lease('ann'), Date.now() - 1, endsAt)
    await presence.expire(Date.now())
    expect(await ends()).toEqual([1, endsAt + 60_000])
    await presence.enter(lease('ann'), Date.now() + 30_000, endsAt)
    await presence.extend(room, endsAt + 900_000)
    expect(await ends()).toEqual([2, endsAt + 960_000])
    const until = endsAt + 1_000_000
    await presence.renew([lease('ann')], until)
    expect(await ends()).toEqual([2, until + 60_000])
    await presence.clear(room)
    expect(await ends()).toEqual([0])
  })

  test('that the last session of somebody is gone is said once more, unless they are back', async () => {
    const { presence } = await open()
    const lease = (userId: string) => ({ conversationId: 'room', userId, sessionId: `${userId}-1` })
    for (const userId of ['ann', 'bob', 'carl']) await presence.enter(lease(userId), NOW + 90_000, null)
    await presence.leave(lease('ann'), NOW + 10_000)
    await presence.leave(lease('bob'), NOW + 10_000)
    await presence.leave(lease('carl'), null)
    await presence.enter(lease('bob'), NOW + 90_000, null)
    expect(await presence.online('room', NOW)).toEqual(new Set(['bob']))
    expect(await presence.expire(NOW + 9999)).toEqual([])
    expect(await presence.expire(NOW + 10_000)).toEqual([{ conversationId: 'room', userId: 'ann' }])
    expect(await presence.expire(NOW + 60_000)).toEqual([])
  })

  test('a thousand leases in one conversation and in a thousand end, and each is said once', async () => {
    const { presence, status } = await open()
    const leases = Array.from({ length: 1000 }, (_, i) => [
      { conversationId: 'crowd', userId: `user-${i}`, sessionId: `s-${i}` },
      { conversationId: `c-${i}`, userId: `user-${i}`, sessionId: `s-${i}` },
    ]).flat()
    expect(await presence.renew(leases, NOW)).toEqual(leases)
    expect(await presence.renew(leases, NOW)).toEqual([])
    const swept = (await Promise.all([presence.expire(NOW), presence.expire(NOW)])).flat()
    expect(new Set(swept.map((one) => `${one.conversationId} ${one.userId}`)).size).toBe(2000)
    expect(swept).toHaveLength(2000)
    const connections = leases.map(({ userId, sessionId }) => ({ userId, sessionId, activeAt: NOW - 1 }))
    await status.renew(connections, NOW)
    await Promise.all(
      connections.map(({ userId }) => status.swapSeen(userId, { status: 'online', customStatus: null })),
    )
    expect((await status.expire(NOW)).length).toBe(1000)
  })

  test('what has ended leaves no key behind, but the versions that were given', async () => {
    const { link, presence, status, deadlines, voice } = await open()
    const lease = { conversationId: 'room', userId: 'ann', sessionId: 'ann-1' }
    await presence.enter(lease, NOW, null)
    await presence.leave(lease, null)
    await presence.enter(lease, NOW, null)
    await presence.leave(lease, NOW + 10_000)
    await presence.enter({ ...lease, conversationId: 'other' }, NOW, null)
    await presence.expire(NOW)
    await presence.expire(NOW + 30_000)
    await presence.enter({ ...lease, conversationId: 'third' }, NOW, null)
    await presence.clear('third')
    await status.connect(lease, NOW, NOW)
    await status.swapSeen('ann', { status: 'online', customStatus: null })
    await status.disconnect(lease)
    await status.swapSeen('ann', null)
    await status.connect({ ...lease, userId: 'bob' }, NOW, NOW)
    await status.expire(NOW)
    await deadlines.set({ key: 'end:room', at: NOW })
    await deadlines.clear('end:room')
    const empty = await voice.load('room')
    const stored = await voice.replace({ ...empty, hardMuted: ['ann'] })
    if (stored !== null) await voice.replace({ ...stored, hardMuted: [] })
    expect((await allKeys(link)).filter((key) => !/\{voice:\d+\}:version$/.test(key))).toEqual([])
  })

  test('every key of a room with voice in it goes a minute after its end, also when that is moved', async () => {
    const link = await empty()
    const now = Date.now()
    const { core, id } = await openRoomWithVoice(link, now)
    const ends = await endsOf(link, id)
    const names = Object.keys(ends).map((key) => key.replaceAll(id, 'ID').replace(/:\d+\}/, ':N}'))
    const others = ['parley:{presence:N}:sessions:ID', 'parley:{presence:N}:users:ID', 'parley:{voice:N}:of:ID']
    expect(names).toHaveLength(8 + others.length)
    expect(names).toEqual(expect.arrayContaining(others))
    expect(secondsAfter(now + HOUR_MS + GRACE_MS, ends)).toEqual(new Set([0]))
    await core.extend(personOf('ann'), { conversationId: id, minutes: 30 })
    await core.setMuted(personOf('ann'), { conversationId: id, muted: true })
    const extended = await endsOf(link, id)
    expect(Object.keys(extended)).toEqual(Object.keys(ends))
    expect(secondsAfter(now + 1.5 * HOUR_MS + GRACE_MS, extended)).toEqual(new Set([0]))
    await core.endRoom(personOf('ann'), id)
    expect(await endsOf(link, id)).toEqual({})
    core.close()
  })

  test('deadlines of a room that ended while no node was left are gone as soon as one is there again', async () => {
    const link = await empty()
    const { core, id, clock, startNode } = await openRoomWithVoice(link, Date.now())
    core.close()
    expect(Object.keys(await endsOf(link, '{deadlines:')).length).toBeGreaterThan(0)
    await link.ask(async (redis) => {
      for (const key of Object.keys(await endsOf(link, id))) await redis.pexpire(key, 1)
    })
    await expect.poll(() => endsOf(link, id)).toEqual({})
    await clock.advance(3 * HOUR_MS)
    const next = startNode()
    await clock.advance(5_000)
    await expect.poll(() => endsOf(link, '{deadlines:')).toEqual({})
    expect(next.reported).toEqual([])
    next.close()
  })

  test('voice goes with its room and never earlier than was said once; that of a chat is kept for a week', async () => {
    const { link, voice } = await open()
    const endsAt = Date.now() + HOUR_MS
    const goes = async () => (await link.ask((redis) => redis.pexpiretime(ofChat))) - Date.now()
    const ofChat = `parley:{voice:${partitionOf('c-1')}}:of:c-1`
    const chat = await voice.replace({ ...emptyVoice('c-1'), hardMuted: ['ann'] })
    expect(await goes()).toBeGreaterThan(7 * 24 * HOUR_MS - GRACE_MS)
    // As a node of an earlier version leaves it.
    await link.ask(async (redis) => {
      const { endsAt: _, ...older } = JSON.parse((await redis.hget(ofChat, 'voice')) ?? '')
      await redis.hset(ofChat, 'voice', JSON.stringify(older))
    })
    expect(await voice.load('c-1')).toEqual(chat)

    const first = await voice.replace({ ...emptyVoice('room'), hardMuted: ['ann'], endsAt })
    const second = first && (await voice.replace({ ...first, endsAt: endsAt + HOUR_MS }))
    expect(Object.values(await endsOf(link, 'of:room'))).toEqual([endsAt + HOUR_MS + GRACE_MS])
    if (second) await voice.replace({ ...second, endsAt })
    expect(Object.values(await endsOf(link, 'of:room'))).toEqual([endsAt + HOUR_MS + GRACE_MS])
  })

  test('who was in voice of a room that ended while no node was left leaves the list with the next change, or the list goes with its last', async () => {
    const { link, voice } = await open()
    const [over, lasting] = neighbours()
    const endsAt = Date.now() + HOUR_MS
    const inVoice = (id: string, ends: number) => ({
      ...emptyVoice(id),
      participants: [sampleParticipant(id)],
      endsAt: ends,
    })
    const kept = await voice.replace(inVoice(lasting, endsAt))
    // One that went while it was stored was too short.
    for (let lifeMs = 300; ; lifeMs *= 2) {
      const goesAt = Date.now() + lifeMs
      await voice.replace(inVoice(over, goesAt - GRACE_MS))
      if (Date.now() < goesAt) break
    }
    await expect.poll(() => endsOf(link, `of:${over}`)).toEqual({})
    const places = await endsOf(link, ':places')
    expect([await voice.placeOf(`${over}:1`), Object.values(places)]).toEqual([over, [endsAt + GRACE_MS]])
    if (kept) await voice.replace({ ...kept, hardMuted: ['ann'] })
    expect([await voice.placeOf(`${over}:1`), await voice.placeOf(`${lasting}:1`)]).toEqual([null, lasting])
    expect(Object.values(await endsOf(link, ':ends'))).toEqual([endsAt + GRACE_MS])
  })

  test('keys of people who are there are forgotten by themselves when no node is left', async () => {
    const { link, presence, status } = await open()
    await presence.enter({ conversationId: 'room', userId: 'ann', sessionId: 'ann-1' }, NOW, null)
    await status.connect({ userId: 'ann', sessionId: 'ann-1' }, NOW, NOW)
    const kept = await allKeys(link)
    expect(kept).toHaveLength(6)
    for (const key of kept) expect(await link.ask((redis) => redis.pttl(key)), key).toBeGreaterThan(0)
  })
})
