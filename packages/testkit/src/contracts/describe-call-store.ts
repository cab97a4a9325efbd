import { randomUUID } from 'node:crypto'
import type { Call, CallParty } from '@parley/core'
import { describe, expect, test } from 'vitest'
import type { CallStores, Open } from './open-stores.ts'

const NOW = Date.UTC(2030, 0, 1)

/** What every `CallStore` promises. */
export function describeCallStore(name: string, open: Open<CallStores>): void {
  const party = (userId: string, more: Partial<CallParty> = {}): CallParty => ({
    userId,
    name: userId.toUpperCase(),
    state: 'ringing',
    sessionId: null,
    goneSince: null,
    ...more,
  })

  function callOf(more: Partial<Call> = {}): Call {
    const run = randomUUID()
    return {
      id: `call-${run}`,
      conversationId: `chat-${run}`,
      callerId: `ann-${run}`,
      media: 'video',
      offer: { type: 'offer', sdp: 'v=0\r\n "quoted" – ünïcode 😀' },
      state: 'ringing',
      parties: [party(`ann-${run}`, { state: 'joined', sessionId: 'socket:1' }), party(`bob-${run}`)],
      createdAt: NOW,
      answeredAt: null,
      endedAt: null,
      endReason: null,
      version: 0,
      ...more,
    }
  }

  const ended = (call: Call, at = NOW): Call => ({
    ...call,
    state: 'ended',
    endedAt: at,
    endReason: 'hangup',
    parties: call.parties.map((one) => ({ ...one, state: 'left', sessionId: null, goneSince: null })),
    version: call.version + 1,
  })

  describe(`${name}: calls`, () => {
    test('a call is read as it was stored', async () => {
      await using stores = await open()
      const call = callOf()
      expect(await stores.calls.load(call.id)).toBeNull()
      expect(await stores.calls.create(call)).toBe('created')
      expect(await stores.calls.load(call.id)).toEqual(call)
      for (const offer of [null, 'words', [1, { deep: [true] }]]) {
        const other = callOf({ offer })
        await stores.calls.create(other)
        expect((await stores.calls.load(other.id))?.offer).toEqual(offer)
      }
    })

    test('there is one open call in a conversation', async () => {
      await using stores = await open()
      const call = callOf()
      const { conversationId } = call
      await stores.calls.create(call)
      expect(await stores.calls.create(callOf({ conversationId }))).toBe('exists')
      expect(await stores.calls.create(callOf({ id: call.id }))).toBe('exists')
      expect(await stores.calls.openIn(conversationId)).toEqual(call)
      await stores.calls.replace(ended(call), 0)
      expect(await stores.calls.openIn(conversationId)).toBeNull()
      const next = callOf({ conversationId })
      expect(await stores.calls.create(next)).toBe('created')
      expect(await stores.calls.openIn(conversationId)).toEqual(next)
    })

    test('of several that are started at once in a conversation, one is stored', async () => {
      await using stores = await open()
      const { conversationId } = callOf()
      const created = await Promise.all(
        Array.from({ length: 8 }, () => stores.calls.create(callOf({ conversationId }))),
      )
      expect(created.filter((one) => one === 'created')).toHaveLength(1)
      expect(await stores.calls.openIn(conversationId)).not.toBeNull()
    })

    test('a call that is over from the start leaves its conversation free', async () => {
      await using stores = await open()
      const call = callOf({ state: 'ended', endedAt: NOW, endReason: 'busy' })
      expect(await stores.calls.create(call)).toBe('created')
      expect(await stores.calls.openIn(call.conversationId)).toBeNull()
      expect(await stores.calls.create(callOf({ conversationId: call.conversationId }))).toBe('created')
    })

    test('a change is stored on the version that it was decided on, and on no other', async () => {
      await using stores = await open()
      const call = callOf()
      await stores.calls.create(call)
      const answered: Call = { ...call, state: 'active', answeredAt: NOW + 1, version: 1 }
      expect(await stores.calls.replace(answered, 0)).toBe(true)
      expect(await stores.calls.replace({ ...ended(call), version: 1 }, 0)).toBe(false)
      expect(await stores.calls.load(call.id)).toEqual(answered)
      expect(await stores.calls.replace(callOf(), 0)).toBe(false)
    })

    test('of several changes decided on one version, one is stored', async () => {
      await using stores = await open()
      const call = callOf()
      await stores.calls.create(call)
      const changes = Array.from({ length: 8 }, (_, i) =>
        stores.calls.replace({ ...call, answeredAt: NOW + i, version: 1 }, 0),
      )
      const stored = await Promise.all(changes)
      expect(stored.filter(Boolean)).toHaveLength(1)
      expect((await stores.calls.load(call.id))?.answeredAt).toBe(NOW + stored.indexOf(true))
    })

    test("a user's open calls are those they ring in or have joined", async () => {
      await using stores = await open()
      const userId = `cleo-${randomUUID()}`
      const ringing = callOf({ parties: [party('ann', { state: 'joined', sessionId: '1' }), party(userId)] })
      const joined = callOf({ parties: [party(userId, { state: 'joined', sessionId: '1', goneSince: NOW })] })
      const out = (['rejected', 'busy', 'missed', 'left'] as const).map((state) =>
        callOf({ parties: [party('ann'), party(userId, { state })] }),
      )
      for (const call of [ringing, joined, ...out]) await stores.calls.create(call)
      const idsOf = async () => (await stores.calls.openOf(userId)).map(({ id }) => id).sort()
      expect(await idsOf()).toEqual([ringing.id, joined.id].sort())
      expect(await stores.calls.openOf(userId)).toContainEqual(joined)
      await stores.calls.replace(ended(joined), 0)
      expect(await idsOf()).toEqual([ringing.id])
      await stores.calls.replace({ ...ringing, parties: [party(userId, { state: 'rejected' })], version: 1 }, 0)
      expect(await idsOf()).toEqual([])
    })

    test('somebody who came later is found too', async () => {
      await using stores = await open()
      const call = callOf()
      await stores.calls.create(call)
      const late = party(`late-${randomUUID()}`, { state: 'joined', sessionId: '9' })
      await stores.calls.replace({ ...call, parties: [...call.parties, late], version: 1 }, 0)
      expect((await stores.calls.openOf(late.userId)).map(({ id }) => id)).toEqual([call.id])
    })

    test('calls that ended before are forgotten, later and open ones are kept', async () => {
      await using stores = await open()
      const [old, later, still] = [callOf(), callOf(), callOf({ createdAt: NOW - 1_000_000 })]
      for (const call of [old, later, still]) await stores.calls.create(call)
      await stores.calls.replace(ended(old, NOW - 1), 0)
      await stores.calls.replace(ended(later, NOW), 0)
      await stores.calls.prune(NOW)
      expect(await stores.calls.load(old.id)).toBeNull()
      expect(await stores.calls.load(later.id)).not.toBeNull()
      expect(await stores.calls.openIn(still.conversationId)).toEqual(still)
      expect(await stores.calls.replace({ ...ended(old), version: 2 }, 1)).toBe(false)
    })
  })
}
