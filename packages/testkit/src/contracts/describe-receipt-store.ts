import { describe, expect, test } from 'vitest'
import type { Open, ReceiptStores } from './open-stores.ts'
import { join, leave, mustSend, SAMPLE_TIME, sampleMember, samplePeople, storeGroup } from './samples.ts'

const AT = SAMPLE_TIME + 1_000

/** What every `ReceiptStore` promises. */
export function describeReceiptStore(name: string, open: Open<ReceiptStores>): void {
  async function groupOfTwo(stores: ReceiptStores) {
    const [ann, bob] = samplePeople('ann', 'bob')
    const { id } = await storeGroup(stores.conversations, [ann, bob])
    return { id, ann, bob }
  }

  describe(`${name}: receipts`, () => {
    test('cursors move forward, and say whether they did', async () => {
      await using stores = await open()
      const { id, bob } = await groupOfTwo(stores)
      const advance = (to: { delivered?: number; read?: number }) => stores.receipts.advance(id, bob, to, AT)
      expect(await advance({ delivered: 3 })).toEqual({ cursor: { delivered: 3, read: 0 }, moved: true })
      expect(await advance({ read: 2 })).toEqual({ cursor: { delivered: 3, read: 2 }, moved: true })
      expect(await advance({ read: 2 })).toEqual({ cursor: { delivered: 3, read: 2 }, moved: false })
      expect(await advance({ delivered: 1, read: 1 })).toEqual({ cursor: { delivered: 3, read: 2 }, moved: false })
      expect(await advance({})).toEqual({ cursor: { delivered: 3, read: 2 }, moved: false })
    })

    test('what was read was delivered too', async () => {
      await using stores = await open()
      const { id, bob } = await groupOfTwo(stores)
      expect(await stores.receipts.advance(id, bob, { delivered: 2, read: 5 }, AT)).toEqual({
        cursor: { delivered: 5, read: 5 },
        moved: true,
      })
    })

    test('are for members, of a conversation that is there', async () => {
      await using stores = await open()
      const { id, bob } = await groupOfTwo(stores)
      const [eve] = samplePeople('eve')
      expect(await stores.receipts.advance(id, eve, { read: 1 }, AT)).toBeNull()
      expect(await stores.receipts.advance('none', bob, { read: 1 }, AT)).toBeNull()
      expect((await stores.receipts.cursors(id)).has(eve)).toBe(false)
      await stores.conversations.delete(id)
      expect(await stores.receipts.advance(id, bob, { read: 1 }, AT)).toBeNull()
      expect(await stores.receipts.cursors(id)).toEqual(new Map())
    })

    test('are there for every member, in their own conversation only', async () => {
      await using stores = await open()
      const { id, ann, bob } = await groupOfTwo(stores)
      const other = await storeGroup(stores.conversations, [ann, bob])
      await stores.receipts.advance(id, bob, { read: 4 }, AT)
      expect(await stores.receipts.cursors(id)).toEqual(
        new Map([
          [ann, { delivered: 0, read: 0 }],
          [bob, { delivered: 4, read: 4 }],
        ]),
      )
      expect((await stores.receipts.cursors(other.id)).get(bob)).toEqual({ delivered: 0, read: 0 })
    })

    test('begin where the member came in, and end when they leave', async () => {
      await using stores = await open()
      const { id } = await groupOfTwo(stores)
      const [carl] = samplePeople('carl')
      for (let n = 0; n < 3; n += 1) await mustSend(stores.conversations, id, { senderId: await hostOf(stores, id) })
      await join(stores.conversations, id, sampleMember(carl))
      expect((await stores.receipts.cursors(id)).get(carl)).toEqual({ delivered: 3, read: 3 })
      await stores.receipts.advance(id, carl, { read: 4 }, AT)
      await leave(stores.conversations, id, carl)
      expect((await stores.receipts.cursors(id)).has(carl)).toBe(false)
      expect(await stores.receipts.advance(id, carl, { read: 9 }, AT)).toBeNull()
      await mustSend(stores.conversations, id, { senderId: await hostOf(stores, id) })
      await join(stores.conversations, id, sampleMember(carl))
      expect((await stores.receipts.cursors(id)).get(carl)).toEqual({ delivered: 6, read: 6 })
    })

    test('changes of a member leave their cursors alone', async () => {
      await using stores = await open()
      const { id, bob } = await groupOfTwo(stores)
      await stores.receipts.advance(id, bob, { delivered: 7, read: 2 }, AT)
      await stores.conversations.appendState(id, {
        ifVersion: 0,
        putMembers: [sampleMember(bob, { role: 'moderator' })],
        events: [],
      })
      expect((await stores.receipts.cursors(id)).get(bob)).toEqual({ delivered: 7, read: 2 })
    })

    test('moved from many devices at once they end at the furthest, and the same place moves them once', async () => {
      await using stores = await open()
      const { id, ann, bob } = await groupOfTwo(stores)
      const seqs = Array.from({ length: 16 }, (_, i) => ((i * 7) % 16) + 1)
      await Promise.all(seqs.map((read) => stores.receipts.advance(id, bob, { read }, AT)))
      expect((await stores.receipts.cursors(id)).get(bob)).toEqual({ delivered: 16, read: 16 })
      const same = await Promise.all(seqs.map(() => stores.receipts.advance(id, ann, { read: 3 }, AT)))
      expect(same.filter((one) => one?.moved)).toHaveLength(1)
    })
  })
}

async function hostOf({ conversations }: ReceiptStores, id: string): Promise<string> {
  return (await conversations.load(id))?.conversation.hostId ?? ''
}
