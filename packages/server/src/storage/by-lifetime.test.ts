import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  describeConversationStore,
  describeDeadlineStore,
  describeInboxStore,
  describeMessageAppends,
  describeNotifiedAppends,
  describeReceiptStore,
  mustSend,
  SAMPLE_EPOCH,
  sampleMember,
  storeConversation,
  storeGroup,
} from '@parley/testkit/contracts'
import { expect, test } from 'vitest'
import { redisUnavailable } from '../redis/unavailable.ts'
import { storesByLifetime } from './by-lifetime.ts'
import { openMemoryStores } from './memory/index.ts'
import { openStores } from './open-stores.ts'

const open = async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-stores-'))
  const failures: unknown[] = []
  const stores = await openStores({ databaseUrl: null, dataDir, report: (error) => failures.push(error) })
  return {
    ...stores,
    dataDir,
    async [Symbol.asyncDispose]() {
      await stores[Symbol.asyncDispose]()
      await rm(dataDir, { recursive: true })
      expect(failures).toEqual([])
    },
  }
}

describeConversationStore('rooms and chats together', open)
describeMessageAppends('rooms and chats together', open)
describeReceiptStore('rooms and chats together', open)
describeInboxStore('rooms and chats together', open)
describeNotifiedAppends('rooms and chats together', open)
describeDeadlineStore('rooms and chats together', open)

test('what lasts is there after a restart, what ends is not', async () => {
  await using first = await open()
  const room = await storeConversation(first.conversations)
  const chat = await storeGroup(first.conversations, ['ann', 'bob'])
  const message = await mustSend(first.conversations, chat.id)
  await first.deadlines.set({ key: 'ring:call', at: 5 })
  await first.deadlines.set({ key: `expire:${room.id}`, at: 5 })
  await using second = await openStores({ databaseUrl: null, dataDir: first.dataDir, report: () => undefined })
  expect(await second.conversations.load(room.id)).toBeNull()
  expect(await second.messages.get(chat.id, message.id)).toEqual(message)
  expect(await second.deadlines.claim(5, 5, 5)).toEqual([{ key: 'ring:call', at: 5 }])
})

test('an id is given once, to whichever kind', async () => {
  await using stores = await open()
  const room = await storeConversation(stores.conversations)
  const chat = { ...room, kind: 'group', expiresAt: null } as const
  expect(await stores.conversations.create(chat, SAMPLE_EPOCH, [sampleMember('ann')], 10)).toBe('exists')
  expect((await stores.conversations.load(room.id))?.conversation.kind).toBe('room')
})

test('calls come due while rooms can not be looked at', async () => {
  const [passing, lasting] = [openMemoryStores(), openMemoryStores()]
  const claim = () => Promise.reject(redisUnavailable())
  const { deadlines } = storesByLifetime({ ...passing, deadlines: { ...passing.deadlines, claim } }, lasting)
  await deadlines.set({ key: 'ring:call', at: 5 })
  expect(await deadlines.claim(5, 5, 5)).toEqual([{ key: 'ring:call', at: 5 }])
  await expect(deadlines.claim(5, 5, 5)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
})
