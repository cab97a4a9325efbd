import { describe, expect, test } from 'vitest'
import type { NotificationStores, Open } from './open-stores.ts'
import { SAMPLE_TIME, sampleNotification, samplePeople, storeGroup } from './samples.ts'

/** What every `NotificationStore` promises. */
export function describeNotificationStore(name: string, open: Open<NotificationStores>): void {
  describe(`${name}: notifications`, () => {
    test('wait whole, oldest first', async () => {
      await using stores = await open()
      const [ann, bob] = samplePeople('ann', 'bob')
      const { id: conversationId } = await storeGroup(stores.conversations, [ann, bob])
      const missedCall = sampleNotification(ann, {
        kind: 'call',
        conversationId,
        data: { callerName: 'Bö 🚀', media: 'video', seconds: 45.5, answered: false, nothing: null },
        createdAt: SAMPLE_TIME + 2,
      })
      const mention = sampleNotification(ann, {
        kind: 'mention',
        conversationId,
        messageId: 'message-1',
        seq: 7,
        createdAt: SAMPLE_TIME + 1,
      })
      await stores.notifications.add([missedCall, mention, sampleNotification(bob)])
      expect(await stores.notifications.pending(ann, 10)).toEqual([mention, missedCall])
      expect(await stores.notifications.count(ann)).toBe(2)
      expect(await stores.notifications.count(bob)).toBe(1)
    })

    test('the latest are given when there are more than asked for', async () => {
      await using stores = await open()
      const [ann] = samplePeople('ann')
      const all = Array.from({ length: 12 }, (_, i) => sampleNotification(ann, { createdAt: SAMPLE_TIME + i }))
      await stores.notifications.add(all)
      expect(await stores.notifications.pending(ann, 5)).toEqual(all.slice(7))
      expect(await stores.notifications.count(ann)).toBe(12)
    })

    test('one that is there already stays as it is', async () => {
      await using stores = await open()
      const [ann] = samplePeople('ann')
      const first = sampleNotification(ann, { data: { what: 'first' } })
      await stores.notifications.add([first])
      await stores.notifications.add([{ ...first, data: { what: 'second' } }, sampleNotification(ann)])
      expect(await stores.notifications.count(ann)).toBe(2)
      expect((await stores.notifications.pending(ann, 10)).map(({ data }) => data)).toContainEqual({ what: 'first' })
      await stores.notifications.add([])
    })

    test('are cleared by their ids, only one’s own, and it is said which there were', async () => {
      await using stores = await open()
      const [ann, bob] = samplePeople('ann', 'bob')
      const [one, two, ofBob] = [sampleNotification(ann), sampleNotification(ann), sampleNotification(bob)]
      await stores.notifications.add([one, two, ofBob])
      expect(await stores.notifications.clear(ann, { ids: [one.id, ofBob.id, 'none'] })).toEqual([one.id])
      expect(await stores.notifications.clear(ann, { ids: [one.id] })).toEqual([])
      expect(await stores.notifications.clear(ann, { ids: [] })).toEqual([])
      expect(await stores.notifications.pending(ann, 10)).toEqual([two])
      expect(await stores.notifications.pending(bob, 10)).toEqual([ofBob])
    })

    test('are cleared up to a place in a conversation, those about its messages', async () => {
      await using stores = await open()
      const [ann] = samplePeople('ann')
      const { id } = await storeGroup(stores.conversations, [ann])
      const other = await storeGroup(stores.conversations, [ann])
      const about = (conversationId: string, seq: number | null, createdAt: number) =>
        sampleNotification(ann, { conversationId, seq, createdAt: SAMPLE_TIME + createdAt })
      const [third, fifth, sixth] = [about(id, 3, 0), about(id, 5, 1), about(id, 6, 2)]
      const rest = [about(other.id, 3, 3), about(id, null, 4), sampleNotification(ann, { createdAt: SAMPLE_TIME + 5 })]
      await stores.notifications.add([third, fifth, sixth, ...rest])
      const cleared = await stores.notifications.clear(ann, { conversationId: id, upTo: 5 })
      expect([...cleared].sort()).toEqual([third.id, fifth.id].sort())
      expect(await stores.notifications.pending(ann, 10)).toEqual([sixth, ...rest])
    })

    test('are cleared all at once', async () => {
      await using stores = await open()
      const [ann, bob] = samplePeople('ann', 'bob')
      const own = Array.from({ length: 5 }, () => sampleNotification(ann))
      await stores.notifications.add([...own, sampleNotification(bob)])
      const cleared = await stores.notifications.clear(ann, 'all')
      expect([...cleared].sort()).toEqual(own.map(({ id }) => id).sort())
      expect(await stores.notifications.clear(ann, 'all')).toEqual([])
      expect(await stores.notifications.count(ann)).toBe(0)
      expect(await stores.notifications.count(bob)).toBe(1)
    })
  })
}
