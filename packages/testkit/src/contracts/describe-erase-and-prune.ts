import { DELETED_USER, type DurableEvent } from '@parley/core'
import { describe, expect, test } from 'vitest'
import type { InboxStores, Open } from './open-stores.ts'
import {
  join,
  leave,
  loadState,
  mustAppend,
  mustSend,
  SAMPLE_EPOCH,
  SAMPLE_TIME,
  sampleMember,
  samplePeople,
  storeGroup,
} from './samples.ts'

const AT = SAMPLE_TIME + 60_000
const DAY_MS = 86_400_000

/** What every `ConversationStore` promises about what goes: people who are deleted, and messages that are too old. */
export function describeEraseAndPrune(name: string, open: Open<InboxStores>): void {
  async function eraseAll({ conversations }: InboxStores, id: string, userId: string, limit = 100) {
    const events: DurableEvent[] = []
    for (let done = false; !done; ) {
      const erased = await conversations.eraseMember(id, userId, AT, limit)
      expect(erased.events.length).toBeLessThanOrEqual(limit)
      events.push(...erased.events)
      ;({ done } = erased)
    }
    return events
  }

  describe(`${name}: erasing a member`, () => {
    test('their messages stay in their places as deleted ones of nobody, other messages as they are', async () => {
      await using stores = await open()
      const { conversations, messages } = stores
      const [ann, bob] = samplePeople('ann', 'bob')
      const { id } = await storeGroup(conversations, [ann, bob])
      const ofAnn = await mustSend(conversations, id, { senderId: ann, clientId: 'c1', content: 'stays' })
      const ofBob = await mustSend(conversations, id, {
        senderId: bob,
        clientId: 'c1',
        content: 'secret',
        metadata: { a: 1 },
      })
      const old = await mustSend(conversations, id, { senderId: bob, content: 'secret too' })
      await mustAppend(conversations, id, { type: 'delete', messageId: old.id, byId: ann, at: AT - 5 })
      const { rev } = await loadState(conversations, id)
      const events = await eraseAll(stores, id, bob)
      expect(events.map((event) => event.rev)).toEqual(events.map((_, i) => rev + 1 + i))
      expect((await loadState(conversations, id)).rev).toBe(rev + events.length)

      const page = await messages.page(id, { limit: 10 })
      const erased = {
        clientId: null,
        senderId: DELETED_USER,
        senderName: '',
        content: '',
        metadata: null,
        reactions: {},
      }
      expect(page.messages).toEqual([
        ofAnn,
        { ...ofBob, ...erased, deletedAt: AT, rev: expect.any(Number) },
        { ...old, ...erased, deletedAt: AT - 5, rev: expect.any(Number) },
      ])
      expect(await messages.findByClientId(id, bob, 'c1')).toBeNull()
      expect(await messages.findByClientId(id, ann, 'c1')).toEqual(ofAnn)
      const deletions = events.filter((event) => event.type === 'message.deleted')
      expect(deletions.map((event) => event.message)).toEqual(page.messages.slice(1))
      expect(deletions.map((event) => event.byId)).toEqual([DELETED_USER, DELETED_USER])
    })

    test('their reactions, cursors and membership go', async () => {
      await using stores = await open()
      const { conversations, messages, receipts, inbox } = stores
      const [ann, bob] = samplePeople('ann', 'bob')
      const { id } = await storeGroup(conversations, [ann, bob])
      const sent = await mustSend(conversations, id, { senderId: ann })
      for (const [userId, emoji] of [
        [bob, '👍'],
        [ann, '👍'],
        [bob, '👎'],
      ] as const)
        await mustAppend(conversations, id, { type: 'react', messageId: sent.id, userId, emoji, on: true, at: AT })
      await receipts.advance(id, bob, { read: 1 }, AT)
      const events = await eraseAll(stores, id, bob)
      expect(events.map(({ type }) => type).sort()).toEqual(['member.left', 'reaction.removed', 'reaction.removed'])
      expect(events[0]).toMatchObject({ type: 'member.left', userId: bob, name: `Name of ${bob}`, reason: 'left' })
      expect((await messages.get(id, sent.id))?.reactions).toEqual({ '👍': [ann] })
      const state = await loadState(conversations, id)
      expect([...state.members.keys()]).toEqual([ann])
      expect([...(await receipts.cursors(id)).keys()]).toEqual([ann])
      expect(await inbox.conversationIds(bob)).toEqual([])
    })

    test('nothing that is kept names them, and whoever comes back from before gets a fresh snapshot', async () => {
      await using stores = await open()
      const { conversations, messages, inbox } = stores
      const [ann, bob, carl] = samplePeople('ann', 'bob', 'carl')
      const { id } = await storeGroup(conversations, [ann], { hostId: ann, banned: [bob], admitted: [bob] })
      const cursor = (await inbox.changes(ann, null, 10))?.cursor ?? ''
      await join(conversations, id, sampleMember(bob))
      const sent = await mustSend(conversations, id, { senderId: ann })
      await mustSend(conversations, id, { senderId: bob })
      const reaction = { messageId: sent.id, userId: bob, emoji: '👍', on: true, at: AT } as const
      await mustAppend(conversations, id, { type: 'react', ...reaction })
      await mustAppend(conversations, id, { type: 'edit', messageId: sent.id, content: 'edited', at: AT })
      const other = await mustSend(conversations, id, { senderId: ann })
      await mustAppend(conversations, id, { type: 'delete', messageId: other.id, byId: bob, at: AT })
      await conversations.appendState(id, {
        ifVersion: (await loadState(conversations, id)).version,
        conversation: { isLocked: true },
        events: [{ type: 'conversation.locked', conversationId: id, at: AT, byId: bob }],
      })
      const before = await loadState(conversations, id)
      await eraseAll(stores, id, bob, 1)
      await join(conversations, id, sampleMember(carl))

      const { epoch, rev } = await loadState(conversations, id)
      expect(await conversations.changesSince(id, { epoch, rev: before.rev })).toBeNull()
      expect(await conversations.changesSince(id, { epoch, rev: 0 })).toBeNull()
      expect(await conversations.changesSince(id, { epoch, rev: rev - 1 })).toHaveLength(1)
      const state = await loadState(conversations, id)
      const kept = [
        state.conversation,
        [...state.members],
        await messages.page(id, { limit: 100 }),
        await inbox.changes(ann, cursor, 100),
      ]
      expect(JSON.stringify(kept)).not.toContain(bob)
    })

    test('those who ask the inbox hear that somebody is gone, after everything else that went', async () => {
      await using stores = await open()
      const { conversations, inbox } = stores
      const [ann, bob] = samplePeople('ann', 'bob')
      const { id } = await storeGroup(conversations, [ann, bob])
      const sent = await mustSend(conversations, id, { senderId: ann })
      for (const emoji of ['👍', '👎']) {
        await mustAppend(conversations, id, { type: 'react', messageId: sent.id, userId: bob, emoji, on: true, at: AT })
      }
      const cursor = (await inbox.changes(ann, null, 10))?.cursor ?? ''
      await leave(conversations, id, bob)
      await eraseAll(stores, id, bob, 1)
      const items = (await inbox.changes(ann, cursor, 10))?.items ?? []
      const nobody = { type: 'member.left', conversationId: id, userId: DELETED_USER, name: '', reason: 'left' }
      expect(items).toMatchObject([nobody, nobody, nobody])
      const { rev } = await loadState(conversations, id)
      expect(items.map((item) => ('rev' in item ? item.rev : null))).toEqual([rev - 2, rev - 1, rev])
    })

    test('goes on where it stopped, a few changes at a time', async () => {
      await using stores = await open()
      const { conversations, messages } = stores
      const [ann, bob] = samplePeople('ann', 'bob')
      const { id } = await storeGroup(conversations, [ann, bob])
      for (let n = 0; n < 12; n += 1) await mustSend(conversations, id, { senderId: n % 3 === 0 ? ann : bob })
      const first = await conversations.eraseMember(id, bob, AT, 4)
      expect(first.done).toBe(false)
      expect(first.events).toHaveLength(4)
      expect((await loadState(conversations, id)).members.has(bob)).toBe(false)
      const rest = await eraseAll(stores, id, bob, 4)
      expect(first.events.length + rest.length).toBe(9)
      const senders = (await messages.page(id, { limit: 100 })).messages.map(({ senderId }) => senderId)
      expect(senders.filter((senderId) => senderId === DELETED_USER)).toHaveLength(8)
      expect(senders.filter((senderId) => senderId === ann)).toHaveLength(4)
      expect(await conversations.eraseMember(id, bob, AT, 4)).toEqual({ epoch: SAMPLE_EPOCH, events: [], done: true })
    })

    test('reaches those who left long ago', async () => {
      await using stores = await open()
      const { conversations, messages } = stores
      const [ann, bob] = samplePeople('ann', 'bob')
      const { id } = await storeGroup(conversations, [ann, bob])
      await mustSend(conversations, id, { senderId: bob })
      await leave(conversations, id, bob)
      expect((await eraseAll(stores, id, bob)).map(({ type }) => type)).toEqual(['message.deleted'])
      expect((await messages.page(id, { limit: 10 })).messages[0]?.senderId).toBe(DELETED_USER)
    })

    test('a host leaves nobody in their place, another’s place stays', async () => {
      await using stores = await open()
      const { conversations } = stores
      const [ann, bob] = samplePeople('ann', 'bob')
      const { id } = await storeGroup(conversations, [ann, bob])
      await eraseAll(stores, id, bob)
      expect((await loadState(conversations, id)).conversation.hostId).toBe(ann)
      await eraseAll(stores, id, ann)
      expect((await loadState(conversations, id)).conversation.hostId).toBe(DELETED_USER)
    })

    test('several people, and changes of others, at the same moment undo nothing of each other', async () => {
      await using stores = await open()
      const { conversations } = stores
      const [ann, bob, carl, dora] = samplePeople('ann', 'bob', 'carl', 'dora')
      const { id } = await storeGroup(conversations, [ann, bob, carl, dora], { banned: [bob] })
      const { version } = await loadState(conversations, id)
      const before = await conversations.count()
      const [renamed] = await Promise.all([
        conversations.appendState(id, {
          ifVersion: version,
          conversation: { name: 'Renamed' },
          events: [{ type: 'conversation.renamed', conversationId: id, at: AT, byId: carl, name: 'Renamed' }],
        }),
        ...[ann, bob, carl].map((userId) => conversations.eraseMember(id, userId, AT, 100)),
      ])
      const state = await loadState(conversations, id)
      expect([...state.members.keys()]).toEqual([dora])
      expect(state.conversation).toMatchObject({ hostId: DELETED_USER, banned: [] })
      if (renamed.status === 'appended') expect(state.conversation.name).toBe('Renamed')
      expect((await conversations.count()).members).toBe(before.members - 3)
      const write = { ifVersion: state.version, putMembers: [sampleMember(bob)], events: [] }
      expect(await conversations.appendState(id, write)).toMatchObject({ status: 'appended' })
      expect([...(await loadState(conversations, id)).members.keys()].sort()).toEqual([bob, dora].sort())
    })

    test('a decision made before is stale, and strangers and conversations that are gone are no matter', async () => {
      await using stores = await open()
      const { conversations } = stores
      const [ann, bob, eve] = samplePeople('ann', 'bob', 'eve')
      const { id } = await storeGroup(conversations, [ann, bob])
      const { version } = await loadState(conversations, id)
      expect(await conversations.eraseMember(id, eve, AT, 10)).toEqual({ epoch: SAMPLE_EPOCH, events: [], done: true })
      await eraseAll(stores, id, bob)
      const write = { ifVersion: version, putMembers: [sampleMember(bob)], events: [] }
      expect(await conversations.appendState(id, write)).toEqual({ status: 'stale' })
      await conversations.delete(id)
      expect(await conversations.eraseMember(id, ann, AT, 10)).toEqual({ epoch: null, events: [], done: true })
    })
  })

  describe(`${name}: retention`, () => {
    const now = AT

    /** Messages of these ages in days, oldest first. */
    async function storeAged({ conversations }: InboxStores, retentionDays: number | null, ages: readonly number[]) {
      const [ann, bob] = samplePeople('ann', 'bob')
      const { id } = await storeGroup(conversations, [ann, bob], { retentionDays })
      for (const age of ages) {
        const createdAt = now - age * DAY_MS
        await mustSend(conversations, id, { senderId: ann, clientId: `${age}`, content: `${age}`, createdAt })
      }
      return { id, ann, bob }
    }

    async function pruneAll({ conversations }: InboxStores, defaultDays: number | null): Promise<void> {
      while ((await conversations.prune(now, defaultDays, 100)) > 0);
    }

    const contents = async ({ messages }: InboxStores, id: string) =>
      (await messages.page(id, { limit: 100 })).messages.map(({ content }) => content)

    test('deletes what is older than the conversation keeps it, or else all of them do', async () => {
      await using stores = await open()
      const short = await storeAged(stores, 7, [40, 8, 6, 1])
      const long = await storeAged(stores, 365, [40, 8])
      const usual = await storeAged(stores, null, [40, 8])
      await pruneAll(stores, 30)
      expect(await contents(stores, short.id)).toEqual(['6', '1'])
      expect(await contents(stores, long.id)).toEqual(['40', '8'])
      expect(await contents(stores, usual.id)).toEqual(['8'])
      expect(await stores.messages.findByClientId(short.id, short.ann, '40')).toBeNull()
    })

    test('keeps everything where nothing is said', async () => {
      await using stores = await open()
      const { id } = await storeAged(stores, null, [400, 1])
      await pruneAll(stores, null)
      expect(await contents(stores, id)).toEqual(['400', '1'])
    })

    test('takes a few at a time, the oldest first, and says how many', async () => {
      await using stores = await open()
      await pruneAll(stores, null)
      const { id } = await storeAged(stores, 7, [12, 11, 10, 9, 8, 1])
      expect(await stores.conversations.prune(now, null, 2)).toBe(2)
      expect(await contents(stores, id)).toEqual(['10', '9', '8', '1'])
      expect(await stores.conversations.prune(now, null, 100)).toBe(3)
      expect(await stores.conversations.prune(now, null, 100)).toBe(0)
      expect(await contents(stores, id)).toEqual(['1'])
    })

    test('goes through all conversations until it has as many as it may', async () => {
      await using stores = await open()
      await pruneAll(stores, null)
      await Promise.all(Array.from({ length: 130 }, (_, n) => storeAged(stores, n % 2 === 0 ? 7 : 8, [9, 1])))
      expect(await stores.conversations.prune(now, null, 100)).toBe(100)
      expect(await stores.conversations.prune(now, null, 100)).toBe(30)
      expect(await stores.conversations.prune(now, null, 100)).toBe(0)
    })

    test('takes the events about them too: whoever comes back from before gets a fresh snapshot', async () => {
      await using stores = await open()
      const { conversations, messages, inbox } = stores
      const { id, ann, bob } = await storeAged(stores, 7, [9, 8, 1])
      const [oldest] = (await messages.page(id, { limit: 10 })).messages
      const reaction = { messageId: oldest?.id ?? '', userId: bob, emoji: '👍', on: true, at: now } as const
      await mustAppend(conversations, id, { type: 'react', ...reaction })
      await mustSend(conversations, id, { senderId: ann, content: 'new', createdAt: now })
      const before = await loadState(conversations, id)
      await pruneAll(stores, null)
      const after = await loadState(conversations, id)
      expect(after).toEqual(before)
      const since = (rev: number) => conversations.changesSince(id, { epoch: SAMPLE_EPOCH, rev })
      expect(await since(0)).toBeNull()
      expect(await since(3)).toBeNull()
      expect((await since(4))?.map((event) => event.rev)).toEqual([5])
      expect(await since(5)).toEqual([])
      expect((await inbox.list(bob, { limit: 10 })).listings).toMatchObject([
        { unread: 2, lastMessage: { content: 'new' } },
      ])
      expect((await mustSend(conversations, id, { senderId: bob })).rev).toBe(6)
    })
  })
}
