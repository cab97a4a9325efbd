import { mustAppend, mustSend, SAMPLE_EPOCH, SAMPLE_TIME, storeConversation } from '@parley/testkit/contracts'
import { expect, test } from 'vitest'
import { openMemoryStores } from './open-memory-stores.ts'

const KIB = 1024
/** Two bytes a character. */
const large = 'x'.repeat(16 * KIB)

test('large messages are kept for less long than small ones, the newest always', async () => {
  await using stores = openMemoryStores({ maxBytes: 100 * KIB })
  const { id } = await storeConversation(stores.conversations)
  for (let n = 0; n < 10; n += 1)
    await mustSend(stores.conversations, id, { content: `${n}${large}`, clientId: `c${n}` })
  const kept = async () => (await stores.messages.page(id, { limit: 100 })).messages.map(({ content }) => content[0])
  expect(await kept()).toEqual(['7', '8', '9'])
  expect(await stores.messages.findByClientId(id, 'ann', 'c0')).toBeNull()
  expect(await stores.conversations.changesSince(id, { epoch: SAMPLE_EPOCH, rev: 0 })).toBeNull()
  expect(await stores.conversations.changesSince(id, { epoch: SAMPLE_EPOCH, rev: 7 })).toHaveLength(3)
  await mustSend(stores.conversations, id, { content: `a${large.repeat(10)}` })
  expect(await kept()).toEqual(['a'])
})

test('editing over and over keeps no more than sending', async () => {
  await using stores = openMemoryStores({ maxBytes: 100 * KIB })
  const { id } = await storeConversation(stores.conversations)
  const { id: messageId } = await mustSend(stores.conversations, id)
  for (let n = 0; n < 10; n += 1) {
    await mustAppend(stores.conversations, id, { type: 'edit', messageId, content: `${n}${large}`, at: SAMPLE_TIME })
  }
  expect((await stores.messages.page(id, { limit: 9 })).messages).toHaveLength(1)
  expect(await stores.conversations.changesSince(id, { epoch: SAMPLE_EPOCH, rev: 7 })).toBeNull()
  expect(await stores.conversations.changesSince(id, { epoch: SAMPLE_EPOCH, rev: 8 })).toHaveLength(3)
})

test('when all of them together are too large, the largest conversation pays', async () => {
  await using stores = openMemoryStores({ maxTotalBytes: 1000 * KIB })
  const { conversations, messages } = stores
  const small = await storeConversation(conversations)
  const flooded = await storeConversation(conversations)
  for (let n = 0; n < 5; n += 1) await mustSend(conversations, small.id, { content: large })
  for (let n = 0; n < 50; n += 1) await mustSend(conversations, flooded.id, { content: large })
  for (let n = 0; n < 2; n += 1) await mustSend(conversations, small.id, { content: large })
  expect((await messages.page(small.id, { limit: 100 })).messages).toHaveLength(7)
  const left = (await messages.page(flooded.id, { limit: 100 })).messages.length
  expect(left).toBeGreaterThan(2)
  expect(left).toBeLessThan(14)
})
