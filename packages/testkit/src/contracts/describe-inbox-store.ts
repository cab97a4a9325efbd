import { type ConversationId, type InboxItem, type InboxStore, UNREAD_MAX } from '@parley/core'
import { describe, expect, test } from 'vitest'
import type { InboxStores, Open } from './open-stores.ts'
import { createRandom } from './random.ts'
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
  storeConversation,
  storeGroup,
} from './samples.ts'

const SEEDS = [3, 40_127, 990_001]
const AT = SAMPLE_TIME + 10_000

/** What every `InboxStore` promises. `TEST_SEED` tries another seed. */
export function describeInboxStore(name: string, open: Open<InboxStores>): void {
  describe(`${name}: the list of conversations`, () => {
    test('says of each how it stands', async () => {
      await using stores = await open()
      const [ann, bob] = samplePeople('ann', 'bob')
      const conversation = await storeGroup(stores.conversations, [ann, bob], { createdAt: SAMPLE_TIME })
      const { id } = conversation
      for (const n of [1, 2, 3])
        await mustSend(stores.conversations, id, { senderId: ann, createdAt: AT + n, content: `${n}` })
      const own = await mustSend(stores.conversations, id, { senderId: bob, createdAt: AT + 4 })
      await stores.receipts.advance(id, bob, { delivered: 3, read: 1 }, AT + 9)
      const { listings, hasMore } = await stores.inbox.list(bob, { limit: 10 })
      expect(hasMore).toBe(false)
      expect(listings).toEqual([
        {
          conversation,
          position: { epoch: SAMPLE_EPOCH, rev: 4 },
          self: sampleMember(bob),
          lastMessage: own,
          unread: 2,
          cursor: { delivered: 3, read: 1 },
          activeAt: AT + 4,
        },
      ])
      expect(await stores.inbox.unread(bob)).toEqual(new Map([[id, 2]]))
      expect(await stores.inbox.unread(ann)).toEqual(new Map([[id, 1]]))
    })

    test('one in which nothing was said has no last message, and was active when it was made', async () => {
      await using stores = await open()
      const [ann] = samplePeople('ann')
      await storeGroup(stores.conversations, [ann], { createdAt: SAMPLE_TIME - 5 })
      expect((await stores.inbox.list(ann, { limit: 10 })).listings).toMatchObject([
        { lastMessage: null, unread: 0, cursor: { delivered: 0, read: 0 }, activeAt: SAMPLE_TIME - 5 },
      ])
      expect(await stores.inbox.unread(ann)).toEqual(new Map())
    })

    test('deleted messages are neither the last one nor unread', async () => {
      await using stores = await open()
      const [ann, bob] = samplePeople('ann', 'bob')
      const { id } = await storeGroup(stores.conversations, [ann, bob])
      const first = await mustSend(stores.conversations, id, { senderId: ann })
      const second = await mustSend(stores.conversations, id, { senderId: ann })
      await mustAppend(stores.conversations, id, { type: 'delete', messageId: second.id, byId: ann, at: AT })
      expect((await stores.inbox.list(bob, { limit: 1 })).listings).toMatchObject([
        { lastMessage: first, unread: 1, activeAt: AT },
      ])
      await mustAppend(stores.conversations, id, { type: 'delete', messageId: first.id, byId: ann, at: AT })
      expect((await stores.inbox.list(bob, { limit: 1 })).listings).toMatchObject([{ lastMessage: null, unread: 0 }])
    })

    test('comes latest first, page by page, also of those at the same time', async () => {
      await using stores = await open()
      const [ann, bob] = samplePeople('ann', 'bob')
      const expected: { id: string; activeAt: number }[] = []
      for (let n = 0; n < 11; n += 1) {
        const { id } = await storeGroup(stores.conversations, [ann, bob])
        const activeAt = AT + Math.floor(n / 4)
        await mustSend(stores.conversations, id, { senderId: bob, createdAt: activeAt })
        expected.push({ id, activeAt })
      }
      expected.sort((a, b) => b.activeAt - a.activeAt || (a.id < b.id ? 1 : -1))
      const seen: string[] = []
      let before: { activeAt: number; id: string } | undefined
      for (let hasMore = true; hasMore; ) {
        const page = await stores.inbox.list(ann, before === undefined ? { limit: 3 } : { limit: 3, before })
        seen.push(...page.listings.map(({ conversation }) => conversation.id))
        const last = page.listings.at(-1)
        if (last) before = { activeAt: last.activeAt, id: last.conversation.id }
        ;({ hasMore } = page)
        expect(page.listings.length).toBeLessThanOrEqual(3)
      }
      expect(seen).toEqual(expected.map(({ id }) => id))
    })

    test('a page ends at so many bytes as well', async () => {
      await using stores = await open()
      const [ann, bob] = samplePeople('ann', 'bob')
      for (let n = 0; n < 5; n += 1) {
        const { id } = await storeGroup(stores.conversations, [ann, bob])
        await mustSend(stores.conversations, id, { senderId: bob, createdAt: AT + n, content: 'x'.repeat(10_000) })
      }
      const { listings } = await stores.inbox.list(ann, { limit: 5 })
      const page = await stores.inbox.list(ann, { limit: 5, maxBytes: 25_000 })
      expect(page).toEqual({ listings: listings.slice(0, 2), hasMore: true })
      expect(await stores.inbox.list(ann, { limit: 5, maxBytes: 1 })).toMatchObject({
        listings: [listings[0]],
        hasMore: true,
      })
      expect(await stores.inbox.list(ann, { limit: 5, maxBytes: 60_000 })).toEqual({ listings, hasMore: false })
    })

    test('has only what lasts, and of that only one’s own', async () => {
      await using stores = await open()
      const [ann, bob] = samplePeople('ann', 'bob')
      await storeConversation(stores.conversations)
      await storeGroup(stores.conversations, [bob])
      const own = await storeGroup(stores.conversations, [ann, bob])
      const left = await storeGroup(stores.conversations, [ann, bob])
      const gone = await storeGroup(stores.conversations, [ann, bob])
      await leave(stores.conversations, left.id, ann)
      await stores.conversations.delete(gone.id)
      const { listings } = await stores.inbox.list(ann, { limit: 10 })
      expect(listings.map(({ conversation }) => conversation.id)).toEqual([own.id])
      expect(await stores.inbox.conversationIds(ann)).toEqual([own.id])
    })

    test('more unread messages than are counted are not', async () => {
      await using stores = await open()
      const [ann, bob] = samplePeople('ann', 'bob')
      const { id } = await storeGroup(stores.conversations, [ann, bob])
      const send = () => mustSend(stores.conversations, id, { senderId: ann })
      await Promise.all(Array.from({ length: UNREAD_MAX + 2 }, send))
      expect(await stores.inbox.unread(bob)).toEqual(new Map([[id, UNREAD_MAX]]))
      await stores.receipts.advance(id, bob, { read: 4 }, AT)
      expect((await stores.inbox.list(bob, { limit: 1 })).listings[0]?.unread).toBe(UNREAD_MAX - 2)
    })
  })

  describe(`${name}: people`, () => {
    test('contacts are those in conversations that are not too large', async () => {
      await using stores = await open()
      const [ann, bob, carl, dora] = samplePeople('ann', 'bob', 'carl', 'dora')
      await storeGroup(stores.conversations, [ann, bob])
      await storeGroup(stores.conversations, [ann, bob, carl, dora])
      await storeGroup(stores.conversations, [bob, dora])
      expect(await stores.inbox.contacts(ann, 4)).toEqual(new Set([bob, carl, dora]))
      expect(await stores.inbox.contacts(ann, 3)).toEqual(new Set([bob]))
      expect(await stores.inbox.contacts(ann, 1)).toEqual(new Set())
    })

    test('of many who ask at once each is answered with their own', async () => {
      await using stores = await open()
      const people = samplePeople('ann', 'bob', 'carl')
      const [ann, bob, carl] = people
      await storeGroup(stores.conversations, [ann, bob])
      await storeGroup(stores.conversations, [bob, carl])
      const found = await Promise.all([
        ...people.map((userId) => stores.inbox.contacts(userId, 4)),
        stores.inbox.contacts(bob, 1),
      ])
      expect(found).toEqual([new Set([bob]), new Set([ann, carl]), new Set([bob]), new Set()])
    })

    test('of the conversations that somebody is in those are told that they came into since', async () => {
      await using stores = await open()
      const [ann, bob] = samplePeople('ann', 'bob')
      const { id } = await storeGroup(stores.conversations, [ann])
      const former = await storeGroup(stores.conversations, [ann])
      for (const at of [id, former.id]) {
        await join(stores.conversations, at, { ...sampleMember(bob, { name: 'Bob' }), joinedAt: AT })
      }
      await leave(stores.conversations, former.id, bob)
      const since = (userId: string, time: number) => stores.inbox.joinedSince(userId, time)
      expect(await Promise.all([since(bob, AT), since(bob, AT + 1), since(ann, AT)])).toEqual([
        [{ conversationId: id, name: 'Bob' }],
        [],
        [],
      ])
    })

    test('sharing is to be in one conversation that lasts, of whatever size', async () => {
      await using stores = await open()
      const [ann, bob, carl, dora] = samplePeople('ann', 'bob', 'carl', 'dora')
      const { id } = await storeGroup(stores.conversations, [ann, bob])
      const former = await storeGroup(stores.conversations, [ann, carl])
      await storeGroup(stores.conversations, [bob, dora])
      await leave(stores.conversations, former.id, carl)
      expect(await stores.inbox.sharing(ann, [bob, carl, dora, ann])).toEqual(new Set([bob]))
      expect(await stores.inbox.sharing(ann, [])).toEqual(new Set())
      await join(stores.conversations, id, sampleMember(dora))
      expect(await stores.inbox.sharing(ann, [carl, dora])).toEqual(new Set([dora]))
    })
  })

  describe(`${name}: what is new`, () => {
    const places = (items: readonly InboxItem[]) =>
      items.flatMap((item) => ('rev' in item ? [`${item.conversationId} ${item.rev}`] : []))

    async function start(inbox: InboxStore, userId: string): Promise<string> {
      const answer = await inbox.changes(userId, null, 10)
      expect(answer).toMatchObject({ items: [], hasMore: false })
      return answer?.cursor ?? ''
    }

    /** Everything after `cursor`, in pages of `limit`. */
    async function readAll(inbox: InboxStore, userId: string, cursor: string, limit = 100) {
      const items: InboxItem[] = []
      for (let hasMore = true; hasMore; ) {
        const answer = await inbox.changes(userId, cursor, limit)
        if (answer === null) throw new Error('the cursor is not known')
        items.push(...answer.items)
        ;({ cursor, hasMore } = answer)
      }
      return { items, cursor }
    }

    test('begins at now, and comes as it is told to those who were there', async () => {
      await using stores = await open()
      const [ann, bob] = samplePeople('ann', 'bob')
      const { id } = await storeGroup(stores.conversations, [ann, bob])
      const earlier = await mustSend(stores.conversations, id, { senderId: ann })
      const cursor = await start(stores.inbox, bob)
      expect(await readAll(stores.inbox, bob, cursor)).toMatchObject({ items: [] })
      await mustSend(stores.conversations, id, { senderId: ann, content: 'čeština 🚀', metadata: { a: [1] } })
      await mustAppend(stores.conversations, id, { type: 'edit', messageId: earlier.id, content: 'new', at: AT })
      const reaction = { messageId: earlier.id, userId: bob, emoji: '👍', on: true, at: AT } as const
      await mustAppend(stores.conversations, id, { type: 'react', ...reaction })
      await join(stores.conversations, id, sampleMember('carl'))
      const { items, cursor: next } = await readAll(stores.inbox, bob, cursor)
      expect(items).toEqual(await stores.conversations.changesSince(id, { epoch: SAMPLE_EPOCH, rev: 1 }))
      expect(items).toHaveLength(4)
      expect(await readAll(stores.inbox, bob, next)).toMatchObject({ items: [] })
    })

    test('is what happens in conversations of one’s own that last', async () => {
      await using stores = await open()
      const [ann, bob] = samplePeople('ann', 'bob')
      const cursor = await start(stores.inbox, bob)
      const room = await storeConversation(stores.conversations, { hostId: bob })
      await mustSend(stores.conversations, room.id)
      const strange = await storeGroup(stores.conversations, [ann])
      await mustSend(stores.conversations, strange.id, { senderId: ann })
      const fresh = await storeGroup(stores.conversations, [ann, bob])
      await mustSend(stores.conversations, fresh.id, { senderId: ann })
      const { items } = await readAll(stores.inbox, bob, cursor)
      expect(places(items)).toEqual([`${fresh.id} 1`])
    })

    test('of a conversation that was made with one in it, begins with that', async () => {
      await using stores = await open()
      const [ann, bob] = samplePeople('ann', 'bob')
      const cursor = await start(stores.inbox, bob)
      const { id } = await storeGroup(stores.conversations, [ann, bob])
      const { items, cursor: next } = await readAll(stores.inbox, bob, cursor)
      const member = sampleMember(bob)
      const added = { type: 'conversation.added', at: member.joinedAt, conversationId: id, member }
      expect(items).toEqual([added])
      await mustSend(stores.conversations, id, { senderId: ann })
      await leave(stores.conversations, id, bob)
      const rest = await readAll(stores.inbox, bob, next)
      expect(rest.items.map(({ type }) => type)).toEqual(['message.sent', 'member.left'])
      for (const limit of [1, 100])
        expect((await readAll(stores.inbox, bob, cursor, limit)).items).toEqual([added, ...rest.items])
      await join(stores.conversations, id, sampleMember(bob))
      expect((await readAll(stores.inbox, bob, rest.cursor)).items.map(({ type }) => type)).toEqual(['member.joined'])
    })

    test('of a conversation that one came into, begins with one’s joining', async () => {
      await using stores = await open()
      const [ann, bob] = samplePeople('ann', 'bob')
      const { id } = await storeGroup(stores.conversations, [ann])
      const cursor = await start(stores.inbox, bob)
      await mustSend(stores.conversations, id, { senderId: ann })
      await join(stores.conversations, id, sampleMember(bob))
      await mustSend(stores.conversations, id, { senderId: ann })
      const { items } = await readAll(stores.inbox, bob, cursor)
      expect(items.map(({ type }) => type)).toEqual(['member.joined', 'message.sent'])
      expect(places(items)).toEqual([`${id} 2`, `${id} 3`])
    })

    test('of a conversation that one left, ends with one’s leaving', async () => {
      await using stores = await open()
      const [ann, bob] = samplePeople('ann', 'bob')
      const { id } = await storeGroup(stores.conversations, [ann, bob])
      const cursor = await start(stores.inbox, ann)
      await mustSend(stores.conversations, id, { senderId: bob })
      const base = { conversationId: id, at: AT }
      await stores.conversations.appendState(id, {
        ifVersion: 0,
        conversation: { hostId: bob },
        removeMembers: [ann],
        putMembers: [sampleMember(bob, { role: 'host' })],
        events: [
          { type: 'member.left', ...base, userId: ann, name: 'Ann', reason: 'left' },
          { type: 'role.changed', ...base, userId: bob, role: 'host', hostId: bob, former: null, byId: null },
        ],
      })
      await mustSend(stores.conversations, id, { senderId: bob })
      const { items, cursor: next } = await readAll(stores.inbox, ann, cursor)
      expect(items.map(({ type }) => type)).toEqual(['message.sent', 'member.left'])
      await join(stores.conversations, id, sampleMember(ann))
      expect(places((await readAll(stores.inbox, ann, next)).items)).toEqual([`${id} 5`])
    })

    test('brings receipts, to the place where they stand', async () => {
      await using stores = await open()
      const [ann, bob, carl] = samplePeople('ann', 'bob', 'carl')
      const { id } = await storeGroup(stores.conversations, [ann, bob, carl])
      const sent = [1, 2, 3].map(() => mustSend(stores.conversations, id, { senderId: ann }))
      const [first, second, third] = await Promise.all(sent)
      const cursor = await start(stores.inbox, ann)
      for (const read of [first, second])
        await stores.receipts.advance(id, bob, { delivered: third?.seq ?? 0, read: read?.seq ?? 0 }, AT)
      await stores.receipts.advance(id, carl, { read: third?.seq ?? 0 }, AT + 1)
      const { items, cursor: next } = await readAll(stores.inbox, ann, cursor)
      const base = { type: 'receipt.moved', conversationId: id } as const
      expect(new Set(items)).toEqual(
        new Set([
          { ...base, userId: bob, messageId: second?.id, seq: second?.seq, kind: 'read', at: AT },
          { ...base, userId: bob, messageId: third?.id, seq: third?.seq, kind: 'delivered', at: AT },
          { ...base, userId: carl, messageId: third?.id, seq: third?.seq, kind: 'read', at: AT + 1 },
        ]),
      )
      expect(items).toHaveLength(3)
      await stores.receipts.advance(id, carl, { read: 1 }, AT + 2)
      expect((await readAll(stores.inbox, ann, next)).items).toEqual([])
    })

    test('is not given for a cursor that is none', async () => {
      await using stores = await open()
      const [ann] = samplePeople('ann')
      const cursor = await start(stores.inbox, ann)
      for (const wrong of ['', 'nonsense!', `${cursor} `, `-${cursor}`, 'x'.repeat(5_000), '💥', "'; --"])
        expect(await stores.inbox.changes(ann, wrong, 10), wrong.slice(0, 20)).toBeNull()
    })

    test('comes in pages, which go on where the last one ended', async () => {
      await using stores = await open()
      const [ann, bob] = samplePeople('ann', 'bob')
      const cursor = await start(stores.inbox, bob)
      const groups = await Promise.all([1, 2, 3].map(() => storeGroup(stores.conversations, [ann, bob])))
      for (let n = 0; n < 4; n += 1)
        for (const { id } of groups) await mustSend(stores.conversations, id, { senderId: ann })
      const whole = await readAll(stores.inbox, bob, cursor)
      const page = await stores.inbox.changes(bob, cursor, 5)
      expect(page?.hasMore).toBe(true)
      expect(page?.items.length).toBeLessThanOrEqual(10)
      for (const limit of [1, 2, 5, 12])
        expect((await readAll(stores.inbox, bob, cursor, limit)).items).toEqual(whole.items)
      expect(places(whole.items)).toHaveLength(12)
    })

    test('comes in pages of so many bytes, which hold one item at least', async () => {
      await using stores = await open()
      const [ann, bob] = samplePeople('ann', 'bob')
      const cursor = await start(stores.inbox, bob)
      const groups = await Promise.all([1, 2, 3].map(() => storeGroup(stores.conversations, [ann, bob])))
      for (let n = 0; n < 4; n += 1) {
        for (const { id } of groups) {
          const { id: messageId } = await mustSend(stores.conversations, id, {
            senderId: ann,
            content: 'x'.repeat(10_000),
          })
          if (n < 2)
            await mustAppend(stores.conversations, id, { type: 'edit', messageId, content: 'y'.repeat(10_000), at: AT })
        }
      }
      const whole = await readAll(stores.inbox, bob, cursor)
      expect(places(whole.items)).toHaveLength(18)
      for (const maxBytes of [1, 25_000, 45_000, 1_000_000]) {
        const items: InboxItem[] = []
        let from = cursor
        for (let hasMore = true; hasMore; ) {
          const answer = await stores.inbox.changes(bob, from, 100, maxBytes)
          if (answer === null) throw new Error('the cursor is not known')
          expect(places(answer.items).length).toBeLessThanOrEqual(Math.max(1, Math.ceil(maxBytes / 10_000)))
          if (answer.hasMore) expect(answer.items.length).toBeGreaterThan(0)
          items.push(...answer.items)
          ;({ cursor: from, hasMore } = answer)
        }
        expect(items).toEqual(whole.items)
      }
    })

    const asked = process.env.TEST_SEED
    const seeds = asked === undefined ? SEEDS : [Number(asked)]
    test.each(seeds)('is whole and comes once while others write at the same time (TEST_SEED=%i)', async (seed) => {
      await using stores = await open()
      const random = createRandom(seed)
      const [reader, ...writers] = samplePeople('reader', 'ann', 'bob', 'carl', 'dora')
      const groups = await Promise.all(
        Array.from({ length: 5 }, () => storeGroup(stores.conversations, [reader, ...writers])),
      )
      const cursor = await start(stores.inbox, reader)
      let isWriting = true

      async function write(userId: string): Promise<void> {
        const own = createRandom(random.integer(2 ** 31))
        for (let n = 0; n < 25; n += 1) {
          const { id } = own.pick(groups)
          const { seq } = await mustSend(stores.conversations, id, { senderId: userId, content: `${n}` })
          if (own.integer(3) === 0) await stores.receipts.advance(id, userId, { read: seq }, AT)
        }
      }

      async function poll() {
        const items: InboxItem[] = []
        let from = cursor
        for (let isLast = false; !isLast; ) {
          isLast = !isWriting
          const answer = await readAll(stores.inbox, reader, from, 1 + random.integer(7))
          items.push(...answer.items)
          from = answer.cursor
          // Lets a writer that shares this thread go on.
          await new Promise((resolve) => setImmediate(resolve))
        }
        return items
      }

      const writing = Promise.all(writers.map(write)).finally(() => {
        isWriting = false
      })
      const [items] = await Promise.all([poll(), writing])
      for (const { id } of groups) {
        const revs = items.flatMap((item) => ('rev' in item && item.conversationId === id ? [item.rev] : []))
        const { rev } = await loadState(stores.conversations, id)
        expect(revs).toEqual(Array.from({ length: rev }, (_, i) => i + 1))
        expect(lastReads(items, id)).toEqual(await readCursors(stores, id, writers))
      }
    })
  })
}

function lastReads(items: readonly InboxItem[], id: ConversationId): Record<string, number> {
  const reads: Record<string, number> = {}
  for (const item of items)
    if (item.type === 'receipt.moved' && item.conversationId === id) reads[item.userId] = item.seq
  return reads
}

async function readCursors({ receipts }: InboxStores, id: ConversationId, userIds: readonly string[]) {
  const cursors = [...(await receipts.cursors(id))].filter(([userId, { read }]) => userIds.includes(userId) && read > 0)
  return Object.fromEntries(cursors.map(([userId, { read }]) => [userId, read]))
}
