import {
  describeDeadlineStore,
  describePresenceStore,
  describeStatusStore,
  describeVoiceStore,
} from '@parley/testkit/contracts'
import { expect, test } from 'vitest'
import { allKeys, describeOnOwnRedis } from '../../redis/own-redis-fixture.ts'
import { createRedisDeadlineStore } from './redis-deadline-store.ts'
import { createRedisPresenceStore } from './redis-presence-store.ts'
import { createRedisStatusStore } from './redis-status-store.ts'
import { createRedisVoiceStore } from './redis-voice-store.ts'

const NOW = Date.UTC(2030, 0, 1)

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
    await presence.prolong(room, endsAt + 900_000)
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

  test('keys of people who are there are forgotten by themselves when no node is left', async () => {
    const { link, presence, status } = await open()
    await presence.enter({ conversationId: 'room', userId: 'ann', sessionId: 'ann-1' }, NOW, null)
    await status.connect({ userId: 'ann', sessionId: 'ann-1' }, NOW, NOW)
    const kept = await allKeys(link)
    expect(kept).toHaveLength(6)
    for (const key of kept) expect(await link.ask((redis) => redis.pttl(key)), key).toBeGreaterThan(0)
  })
})
