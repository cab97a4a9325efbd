import { randomUUID } from 'node:crypto'
import type { Message } from '@parley/core'
import { describe, expect, test } from 'vitest'
import type { ConversationStores } from './open-stores.ts'
import {
  loadState,
  mustAppend,
  mustSend,
  SAMPLE_EPOCH,
  SAMPLE_TIME,
  sampleConversation,
  storeConversation,
} from './samples.ts'

export interface StoreBounds {
  readonly maxMessages?: number
  readonly maxChanges?: number
  readonly maxConversations?: number
}

/** What stores promise that keep only so much. */
export function describeStoreBounds(
  name: string,
  open: (bounds: StoreBounds) => Promise<ConversationStores & AsyncDisposable>,
): void {
  describe(`${name}: bounds`, () => {
    test('the newest messages are kept, the older ones gone with their reactions and client ids', async () => {
      await using stores = await open({ maxMessages: 10 })
      const { id } = await storeConversation(stores.conversations)
      const sent: Message[] = []
      for (let i = 0; i < 37; i += 1) sent.push(await mustSend(stores.conversations, id, { clientId: `c${i}` }))
      const page = await stores.messages.page(id, { limit: 100 })
      expect(page).toEqual({ messages: sent.slice(27), hasMore: false })
      expect(await stores.messages.page(id, { after: 0, limit: 4 })).toEqual({
        messages: sent.slice(27, 31),
        hasMore: true,
      })
      const [first] = sent
      expect(await stores.messages.get(id, first?.id ?? '')).toBeNull()
      expect(await stores.messages.findByClientId(id, 'ann', 'c0')).toBeNull()
      expect(await stores.messages.findByClientId(id, 'ann', 'c36')).toEqual(sent[36])
      const reaction = { messageId: first?.id ?? '', userId: 'bob', emoji: '👍', on: true, at: SAMPLE_TIME } as const
      expect(await stores.conversations.append(id, { type: 'react', ...reaction })).toEqual({ status: 'missing' })
    })

    test('a page that reaches back to the oldest kept message has no more', async () => {
      await using stores = await open({ maxMessages: 10 })
      const { id } = await storeConversation(stores.conversations)
      for (let i = 0; i < 25; i += 1) await mustSend(stores.conversations, id)
      expect((await stores.messages.page(id, { limit: 9 })).hasMore).toBe(true)
      expect((await stores.messages.page(id, { limit: 10 })).hasMore).toBe(false)
    })

    test('every kept message can still be changed after the older ones went', async () => {
      await using stores = await open({ maxMessages: 3 })
      const { id } = await storeConversation(stores.conversations)
      for (let i = 0; i < 20; i += 1) {
        const { messages } = await stores.messages.page(id, { limit: 3 })
        for (const [place, message] of messages.entries()) {
          const content = `${i}-${place}`
          await mustAppend(stores.conversations, id, { type: 'edit', messageId: message.id, content, at: SAMPLE_TIME })
        }
        const edited = await stores.messages.page(id, { limit: 3 })
        expect(edited.messages.map((message) => message.content)).toEqual(messages.map((_, place) => `${i}-${place}`))
        await mustSend(stores.conversations, id)
      }
    })

    test('what was missed is given as far back as it is kept, and else not in part', async () => {
      await using stores = await open({ maxChanges: 10 })
      const { id } = await storeConversation(stores.conversations)
      for (let i = 0; i < 35; i += 1) await mustSend(stores.conversations, id)
      const since = (rev: number) => stores.conversations.changesSince(id, { epoch: SAMPLE_EPOCH, rev })
      expect((await since(25))?.map((event) => event.rev)).toEqual(Array.from({ length: 10 }, (_, i) => i + 26))
      expect(await since(35)).toEqual([])
      expect(await since(24)).toBeNull()
      expect(await since(0)).toBeNull()
      expect(await loadState(stores.conversations, id)).toMatchObject({ rev: 35 })
    })

    test('a store that is full takes a new conversation when one has gone', async () => {
      await using stores = await open({ maxConversations: 2 })
      const { id } = await storeConversation(stores.conversations)
      await storeConversation(stores.conversations)
      const create = () => stores.conversations.create(sampleConversation({ id: randomUUID() }), SAMPLE_EPOCH, [], 100)
      expect(await create()).toBe('full')
      await stores.conversations.delete(id)
      expect(await create()).toBe('created')
    })
  })
}
