import { describe, expect, test } from 'vitest'
import type { NotificationStores, Open } from './open-stores.ts'
import { mustAppend, mustSend, sampleMessage, sampleNotification, samplePeople, storeGroup } from './samples.ts'

/** What every `ConversationStore` promises about what is stored with a message for those who are not there. */
export function describeNotifiedAppends(name: string, open: Open<NotificationStores>): void {
  /** A message of `from`, and what tells `to` of it. */
  function draft(conversationId: string, from: string, to: readonly string[], clientId: string | null = null) {
    const message = sampleMessage(conversationId, { senderId: from, clientId })
    const about = { kind: 'message', conversationId, messageId: message.id } as const
    const notifications = to.map((userId) => {
      const { seq: _none, ...notification } = sampleNotification(userId, { ...about, data: { senderName: 'Ann' } })
      return notification
    })
    return { type: 'send', message, notifications } as const
  }

  describe(`${name}: sending with notifications`, () => {
    test('stores them with the message’s place, and says what it stored', async () => {
      await using stores = await open()
      const [ann, bob, carl] = samplePeople('ann', 'bob', 'carl')
      const { id } = await storeGroup(stores.conversations, [ann, bob, carl])
      await mustSend(stores.conversations, id, { senderId: ann })
      const write = draft(id, ann, [bob, carl])
      const appended = await mustAppend(stores.conversations, id, write)
      const stored = write.notifications.map((one) => ({ ...one, seq: 2 }))
      expect(appended.notifications).toEqual(stored)
      expect(await stores.notifications.pending(bob, 10)).toEqual([stored[0]])
      expect(await stores.notifications.pending(carl, 10)).toEqual([stored[1]])
      expect(await stores.notifications.clear(bob, { conversationId: id, upTo: 2 })).toEqual([stored[0]?.id])
    })

    test('without any says nothing of them', async () => {
      await using stores = await open()
      const [ann] = samplePeople('ann')
      const { id } = await storeGroup(stores.conversations, [ann])
      const { notifications: _none, ...write } = draft(id, ann, [])
      expect(await mustAppend(stores.conversations, id, write)).not.toHaveProperty('notifications')
    })

    test('again stores none', async () => {
      await using stores = await open()
      const [ann, bob] = samplePeople('ann', 'bob')
      const { id } = await storeGroup(stores.conversations, [ann, bob])
      await Promise.all(
        Array.from({ length: 8 }, () => stores.conversations.append(id, draft(id, ann, [bob], 'client-1'))),
      )
      expect(await stores.conversations.append(id, draft(id, ann, [bob], 'client-1'))).toMatchObject({
        status: 'duplicate',
      })
      expect(await stores.notifications.count(bob)).toBe(1)
    })

    test('by somebody who is not a member, or where nothing is, stores none', async () => {
      await using stores = await open()
      const [ann, bob, eve] = samplePeople('ann', 'bob', 'eve')
      const { id } = await storeGroup(stores.conversations, [ann, bob])
      expect(await stores.conversations.append(id, draft(id, eve, [bob]))).toEqual({ status: 'not-member' })
      await stores.conversations.delete(id)
      expect(await stores.conversations.append(id, draft(id, ann, [bob]))).toEqual({ status: 'gone' })
      expect(await stores.notifications.count(bob)).toBe(0)
    })

    test('of many at once each is stored with its own message', async () => {
      await using stores = await open()
      const [ann, bob] = samplePeople('ann', 'bob')
      const { id } = await storeGroup(stores.conversations, [ann, bob])
      const appended = await Promise.all(
        Array.from({ length: 32 }, () => mustAppend(stores.conversations, id, draft(id, ann, [bob]))),
      )
      const places = new Map(appended.map(({ message }) => [message.id, message.seq]))
      const pending = await stores.notifications.pending(bob, 100)
      expect(pending).toHaveLength(32)
      for (const { messageId, seq } of pending) expect(seq).toBe(places.get(messageId ?? ''))
    })
  })
}
