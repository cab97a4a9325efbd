import type { Message } from '@parley/core'
import { describe, expect, test } from 'vitest'
import type { ConversationStores, Open } from './open-stores.ts'
import { join, mustAppend, mustSend, SAMPLE_TIME, sampleMember, storeConversation } from './samples.ts'

/** Stores 25 messages whose places have gaps: every fifth rev is a member's. */
async function storeHistory({ conversations }: ConversationStores): Promise<{ id: string; seqs: number[] }> {
  const { id } = await storeConversation(conversations)
  const seqs: number[] = []
  for (let i = 0; i < 25; i += 1) {
    if (i % 4 === 0) await join(conversations, id, sampleMember(`user-${i}`))
    seqs.push((await mustSend(conversations, id, { content: `${i}` })).seq)
  }
  return { id, seqs }
}

/** What every `MessageStore` promises. */
export function describeMessageStore(name: string, open: Open<ConversationStores>): void {
  const seqsOf = (page: { readonly messages: readonly { readonly seq: number }[] }) =>
    page.messages.map((message) => message.seq)

  describe(`${name}: pages of messages`, () => {
    test('the newest page comes first, each page ascending, and says whether older ones follow', async () => {
      await using stores = await open()
      const { id, seqs } = await storeHistory(stores)
      const newest = await stores.messages.page(id, { limit: 10 })
      expect(seqsOf(newest)).toEqual(seqs.slice(15))
      expect(newest.hasMore).toBe(true)
      const older = await stores.messages.page(id, { before: seqs[15] ?? 0, limit: 10 })
      expect(seqsOf(older)).toEqual(seqs.slice(5, 15))
      expect(older.hasMore).toBe(true)
      const oldest = await stores.messages.page(id, { before: seqs[5] ?? 0, limit: 10 })
      expect(seqsOf(oldest)).toEqual(seqs.slice(0, 5))
      expect(oldest.hasMore).toBe(false)
    })

    test('a page that ends at the first message has no more', async () => {
      await using stores = await open()
      const { id, seqs } = await storeHistory(stores)
      const exact = await stores.messages.page(id, { limit: 25 })
      expect(exact).toMatchObject({ hasMore: false, messages: { length: 25 } })
      expect(await stores.messages.page(id, { before: seqs[0] ?? 0, limit: 10 })).toEqual({
        messages: [],
        hasMore: false,
      })
    })

    test('`after` starts with the oldest one after, and says whether newer ones follow', async () => {
      await using stores = await open()
      const { id, seqs } = await storeHistory(stores)
      const page = await stores.messages.page(id, { after: seqs[9] ?? 0, limit: 10 })
      expect(seqsOf(page)).toEqual(seqs.slice(10, 20))
      expect(page.hasMore).toBe(true)
      const last = await stores.messages.page(id, { after: seqs[19] ?? 0, limit: 10 })
      expect(seqsOf(last)).toEqual(seqs.slice(20))
      expect(last.hasMore).toBe(false)
      expect(await stores.messages.page(id, { after: seqs[24] ?? 0, limit: 10 })).toEqual({
        messages: [],
        hasMore: false,
      })
    })

    test('`after` and `before` together are what lies between', async () => {
      await using stores = await open()
      const { id, seqs } = await storeHistory(stores)
      const between = { after: seqs[3] ?? 0, before: seqs[8] ?? 0 }
      const whole = await stores.messages.page(id, { ...between, limit: 10 })
      expect(seqsOf(whole)).toEqual(seqs.slice(4, 8))
      expect(whole.hasMore).toBe(false)
      const part = await stores.messages.page(id, { ...between, limit: 2 })
      expect(seqsOf(part)).toEqual(seqs.slice(4, 6))
      expect(part.hasMore).toBe(true)
      expect(await stores.messages.page(id, { after: 9, before: 3, limit: 10 })).toEqual({
        messages: [],
        hasMore: false,
      })
    })

    test('a page ends at so many bytes as well, in both directions, but holds one message at least', async () => {
      await using stores = await open()
      const { id } = await storeConversation(stores.conversations)
      const sent: Message[] = []
      for (let n = 0; n < 8; n += 1)
        sent.push(await mustSend(stores.conversations, id, { content: 'x'.repeat(10_000) }))
      const seqs = sent.map(({ seq }) => seq)
      const newest = await stores.messages.page(id, { limit: 100, maxBytes: 35_000 })
      expect(newest).toEqual({ messages: sent.slice(5), hasMore: true })
      const oldest = await stores.messages.page(id, { after: 0, limit: 100, maxBytes: 35_000 })
      expect(oldest).toEqual({ messages: sent.slice(0, 3), hasMore: true })
      expect(seqsOf(await stores.messages.page(id, { limit: 2, maxBytes: 35_000 }))).toEqual(seqs.slice(6))
      expect(await stores.messages.page(id, { limit: 8, maxBytes: 100_000 })).toEqual({
        messages: sent,
        hasMore: false,
      })
      for (const direction of ['before', 'after'] as const) {
        const read: number[] = []
        let place = direction === 'after' ? 0 : 1_000
        for (let hasMore = true; hasMore; ) {
          const page = await stores.messages.page(id, { [direction]: place, limit: 100, maxBytes: 1 })
          expect(page.messages).toHaveLength(1)
          place = page.messages[0]?.seq ?? 0
          read.push(place)
          ;({ hasMore } = page)
        }
        expect(direction === 'after' ? read : read.reverse()).toEqual(seqs)
      }
    })

    test('metadata and reactions count among the bytes', async () => {
      await using stores = await open()
      const { id } = await storeConversation(stores.conversations)
      const metadata = { note: 'x'.repeat(5_000) }
      const sent: Message[] = []
      for (let n = 0; n < 4; n += 1) sent.push(await mustSend(stores.conversations, id, { content: 'x', metadata }))
      expect((await stores.messages.page(id, { limit: 10, maxBytes: 12_000 })).messages).toEqual(sent.slice(2))
      const { id: messageId = '' } = sent[3] ?? {}
      for (let n = 0; n < 50; n += 1) {
        const userId = `${n}-${'u'.repeat(150)}`
        await mustAppend(stores.conversations, id, {
          type: 'react',
          messageId,
          userId,
          emoji: '👍',
          on: true,
          at: SAMPLE_TIME,
        })
      }
      expect((await stores.messages.page(id, { limit: 10, maxBytes: 12_000 })).messages).toHaveLength(1)
    })

    test('places between messages will do', async () => {
      await using stores = await open()
      const { id, seqs } = await storeHistory(stores)
      const gap = (seqs[4] ?? 0) - 1
      expect(seqs).not.toContain(gap)
      expect(seqsOf(await stores.messages.page(id, { before: gap, limit: 100 }))).toEqual(seqs.slice(0, 4))
      expect(seqsOf(await stores.messages.page(id, { after: gap, limit: 100 }))).toEqual(seqs.slice(4))
    })

    test('changed and deleted messages keep their places', async () => {
      await using stores = await open()
      const { id, seqs } = await storeHistory(stores)
      const [first, second] = (await stores.messages.page(id, { limit: 25 })).messages
      const at = SAMPLE_TIME + 1
      if (first) await mustAppend(stores.conversations, id, { type: 'edit', messageId: first.id, content: 'x', at })
      if (second) await mustAppend(stores.conversations, id, { type: 'delete', messageId: second.id, byId: 'ann', at })
      const page = await stores.messages.page(id, { limit: 25 })
      expect(seqsOf(page)).toEqual(seqs)
      expect(page.messages.slice(0, 2)).toMatchObject([{ content: 'x' }, { content: '', deletedAt: at }])
    })

    test('conversations do not see each other’s', async () => {
      await using stores = await open()
      const { id } = await storeHistory(stores)
      const other = await storeConversation(stores.conversations)
      const message = await mustSend(stores.conversations, other.id)
      expect(await stores.messages.page(other.id, { limit: 10 })).toEqual({ messages: [message], hasMore: false })
      expect(await stores.messages.get(id, message.id)).toBeNull()
    })
  })
}
