import { describe, expect, test } from 'vitest'
import type { ConversationStores, Open } from './open-stores.ts'
import {
  join,
  loadState,
  mustAppend,
  mustSend,
  SAMPLE_EPOCH,
  SAMPLE_TIME,
  sampleMember,
  sampleMessage,
  storeConversation,
} from './samples.ts'

const AT = SAMPLE_TIME + 5_000

/** What every `ConversationStore` promises about messages. */
export function describeMessageAppends(name: string, open: Open<ConversationStores>): void {
  describe(`${name}: sending`, () => {
    test('gives the message its place and the name that its sender has in the conversation', async () => {
      await using stores = await open()
      const { id } = await storeConversation(stores.conversations)
      const draft = sampleMessage(id, {
        clientId: 'c1',
        content: 'čeština 🚀\n\ttab',
        type: 'image',
        metadata: { url: 'x', size: [1, 2.5], nested: { ok: true, none: null } },
      })
      const appended = await stores.conversations.append(id, { type: 'send', message: draft })
      const message = {
        ...draft,
        senderName: 'Name of ann',
        seq: 1,
        rev: 1,
        editedAt: null,
        deletedAt: null,
        reactions: {},
      }
      expect(appended).toEqual({
        status: 'appended',
        message,
        event: { type: 'message.sent', conversationId: id, at: SAMPLE_TIME, rev: 1, message },
        epoch: SAMPLE_EPOCH,
      })
      expect(await stores.messages.get(id, draft.id)).toEqual(message)
      expect(await loadState(stores.conversations, id)).toMatchObject({ rev: 1, version: 0 })
    })

    test('is for members, in a conversation that is there', async () => {
      await using stores = await open()
      const { id } = await storeConversation(stores.conversations)
      const message = sampleMessage(id, { senderId: 'eve' })
      expect(await stores.conversations.append(id, { type: 'send', message })).toEqual({ status: 'not-member' })
      await stores.conversations.delete(id)
      expect(await stores.conversations.append(id, { type: 'send', message })).toEqual({ status: 'gone' })
    })

    test('resolves in the order of the revs, so that it is told in that order', async () => {
      await using stores = await open()
      const { id } = await storeConversation(stores.conversations)
      const told: number[] = []
      const send = async (): Promise<void> => {
        told.push((await mustSend(stores.conversations, id)).rev)
      }
      await Promise.all(Array.from({ length: 64 }, send))
      expect(told).toEqual(told.toSorted((a, b) => a - b))
    })

    test('64 at once get 64 revs without a hole', async () => {
      await using stores = await open()
      const { id } = await storeConversation(stores.conversations)
      const sent = await Promise.all(Array.from({ length: 64 }, () => mustSend(stores.conversations, id)))
      const revs = sent.map((message) => message.rev).sort((a, b) => a - b)
      expect(revs).toEqual(Array.from({ length: 64 }, (_, i) => i + 1))
      expect(await loadState(stores.conversations, id)).toMatchObject({ rev: 64 })
    })

    test('again with the same client id answers with what became of the first, and takes no rev', async () => {
      await using stores = await open()
      const { id } = await storeConversation(stores.conversations)
      const first = await mustSend(stores.conversations, id, { clientId: 'c1', content: 'first' })
      const edited = await mustAppend(stores.conversations, id, {
        type: 'edit',
        messageId: first.id,
        content: 'edited',
        at: AT,
      })
      const again = sampleMessage(id, { clientId: 'c1', content: 'second' })
      expect(await stores.conversations.append(id, { type: 'send', message: again })).toEqual({
        status: 'duplicate',
        message: edited.message,
      })
      expect(await stores.messages.get(id, again.id)).toBeNull()
      expect(await loadState(stores.conversations, id)).toMatchObject({ rev: 2 })
    })

    test('with one client id 32 times at once stores one message', async () => {
      await using stores = await open()
      const { id } = await storeConversation(stores.conversations)
      const results = await Promise.all(
        Array.from({ length: 32 }, () =>
          stores.conversations.append(id, { type: 'send', message: sampleMessage(id, { clientId: 'c1' }) }),
        ),
      )
      expect(results.map((result) => result.status).sort()).toEqual(['appended', ...Array(31).fill('duplicate')])
      expect(new Set(results.map((result) => ('message' in result ? result.message.id : null))).size).toBe(1)
      expect(await loadState(stores.conversations, id)).toMatchObject({ rev: 1 })
    })

    test('client ids are the sender’s own', async () => {
      await using stores = await open()
      const { id } = await storeConversation(stores.conversations)
      const ofAnn = await mustSend(stores.conversations, id, { clientId: 'c1' })
      const ofBob = await mustSend(stores.conversations, id, { clientId: 'c1', senderId: 'bob' })
      expect(await stores.messages.findByClientId(id, 'ann', 'c1')).toEqual(ofAnn)
      expect(await stores.messages.findByClientId(id, 'bob', 'c1')).toEqual(ofBob)
      expect(await stores.messages.findByClientId(id, 'bob', 'C1')).toBeNull()
      expect(await stores.messages.findByClientId(id, null, 'c1')).toEqual(ofBob)
      const onlyAnns = await mustSend(stores.conversations, id, { clientId: 'c2' })
      expect(await stores.messages.findByClientId(id, null, 'c2')).toEqual(onlyAnns)
      expect(await stores.messages.findByClientId(id, null, 'c3')).toBeNull()
    })
  })

  describe(`${name}: changing messages`, () => {
    test('an edit keeps the place and takes a rev', async () => {
      await using stores = await open()
      const { id } = await storeConversation(stores.conversations)
      const sent = await mustSend(stores.conversations, id)
      const write = { type: 'edit', messageId: sent.id, content: 'changed', at: AT } as const
      const message = { ...sent, content: 'changed', rev: 2, editedAt: AT }
      expect(await stores.conversations.append(id, write)).toEqual({
        status: 'appended',
        message,
        event: { type: 'message.edited', conversationId: id, at: AT, rev: 2, message },
        epoch: SAMPLE_EPOCH,
      })
      expect(await stores.messages.get(id, sent.id)).toEqual(message)
    })

    test('a deletion keeps the place, and the content is gone from the message and from every kept event', async () => {
      await using stores = await open()
      const { id } = await storeConversation(stores.conversations)
      const sent = await mustSend(stores.conversations, id, { content: 'a secret', metadata: { hint: 'secret too' } })
      await mustSend(stores.conversations, id, { content: 'of another' })
      await mustAppend(stores.conversations, id, { type: 'edit', messageId: sent.id, content: 'the secret', at: AT })
      await mustAppend(stores.conversations, id, {
        type: 'react',
        messageId: sent.id,
        userId: 'bob',
        emoji: '👍',
        on: true,
        at: AT,
      })
      const deletion = { type: 'delete', messageId: sent.id, byId: 'bob', at: AT } as const
      const message = { ...sent, content: '', metadata: null, reactions: {}, rev: 5, editedAt: AT, deletedAt: AT }
      expect(await stores.conversations.append(id, deletion)).toEqual({
        status: 'appended',
        message,
        event: { type: 'message.deleted', conversationId: id, at: AT, rev: 5, message, byId: 'bob' },
        epoch: SAMPLE_EPOCH,
      })
      const changes = await stores.conversations.changesSince(id, { epoch: SAMPLE_EPOCH, rev: 0 })
      expect(changes).toHaveLength(5)
      const page = await stores.messages.page(id, { limit: 10 })
      expect(page.messages.map((one) => one.content)).toEqual(['', 'of another'])
      expect(JSON.stringify([changes, page])).not.toContain('secret')
      expect(JSON.stringify(changes)).toContain('of another')
    })

    test('reactions stand in the order in which people reacted, and say when nothing changes', async () => {
      await using stores = await open()
      const { id } = await storeConversation(stores.conversations)
      const sent = await mustSend(stores.conversations, id)
      const react = (userId: string, emoji: string, on: boolean) =>
        stores.conversations.append(id, { type: 'react', messageId: sent.id, userId, emoji, on, at: AT })
      expect(await react('bob', '👍', true)).toEqual({
        status: 'appended',
        message: { ...sent, rev: 2, reactions: { '👍': ['bob'] } },
        event: {
          type: 'reaction.added',
          conversationId: id,
          at: AT,
          rev: 2,
          messageId: sent.id,
          clientId: sent.clientId,
          userId: 'bob',
          emoji: '👍',
        },
        epoch: SAMPLE_EPOCH,
      })
      await react('ann', '👍', true)
      await react('ann', '👎', true)
      expect(await react('ann', '👍', true)).toMatchObject({ status: 'unchanged', message: { rev: 4 } })
      expect(await react('carl', '👍', false)).toMatchObject({ status: 'unchanged' })
      expect((await stores.messages.get(id, sent.id))?.reactions).toEqual({ '👍': ['bob', 'ann'], '👎': ['ann'] })
      expect(await react('bob', '👍', false)).toMatchObject({ event: { type: 'reaction.removed', rev: 5 } })
      await react('ann', '👎', false)
      expect((await stores.messages.get(id, sent.id))?.reactions).toEqual({ '👍': ['ann'] })
    })

    test('an emoji named like something of the language is an emoji', async () => {
      await using stores = await open()
      const { id } = await storeConversation(stores.conversations)
      const sent = await mustSend(stores.conversations, id)
      for (const emoji of ['__proto__', 'constructor', 'toString']) {
        const react = (on: boolean) =>
          stores.conversations.append(id, { type: 'react', messageId: sent.id, userId: 'bob', emoji, on, at: AT })
        expect(await react(false)).toMatchObject({ status: 'unchanged' })
        expect(await react(true)).toMatchObject({ status: 'appended' })
        expect(await react(false)).toMatchObject({ status: 'appended' })
      }
      expect((await stores.messages.get(id, sent.id))?.reactions).toEqual({})
    })

    test('the same reaction from 16 sessions at once counts once', async () => {
      await using stores = await open()
      const { id } = await storeConversation(stores.conversations)
      const sent = await mustSend(stores.conversations, id)
      const write = { type: 'react', messageId: sent.id, userId: 'bob', emoji: '👍', on: true, at: AT } as const
      const results = await Promise.all(Array.from({ length: 16 }, () => stores.conversations.append(id, write)))
      expect(results.filter((result) => result.status === 'appended')).toHaveLength(1)
      expect((await stores.messages.get(id, sent.id))?.reactions).toEqual({ '👍': ['bob'] })
    })

    test('a message that is not there, elsewhere, or deleted is missing', async () => {
      await using stores = await open()
      const { id } = await storeConversation(stores.conversations)
      const elsewhere = await storeConversation(stores.conversations)
      const sent = await mustSend(stores.conversations, id)
      const other = await mustSend(stores.conversations, elsewhere.id)
      await mustAppend(stores.conversations, id, { type: 'delete', messageId: sent.id, byId: 'ann', at: AT })
      for (const messageId of ['none', other.id, sent.id]) {
        const missing = { status: 'missing' }
        expect(await stores.conversations.append(id, { type: 'edit', messageId, content: 'x', at: AT })).toEqual(
          missing,
        )
        expect(await stores.conversations.append(id, { type: 'delete', messageId, byId: 'ann', at: AT })).toEqual(
          missing,
        )
        expect(
          await stores.conversations.append(id, {
            type: 'react',
            messageId,
            userId: 'ann',
            emoji: '👍',
            on: true,
            at: AT,
          }),
        ).toEqual(missing)
      }
      expect(await loadState(stores.conversations, id)).toMatchObject({ rev: 2 })
    })
  })

  describe(`${name}: what was missed`, () => {
    test('comes whole and in order, from any place', async () => {
      await using stores = await open()
      const { id } = await storeConversation(stores.conversations)
      const first = await mustSend(stores.conversations, id, { content: 'one' })
      await join(stores.conversations, id, sampleMember('carl'))
      await mustSend(stores.conversations, id, { content: 'two', senderId: 'carl' })
      await mustAppend(stores.conversations, id, { type: 'edit', messageId: first.id, content: 'uno', at: AT })
      const all = await stores.conversations.changesSince(id, { epoch: SAMPLE_EPOCH, rev: 0 })
      expect(all?.map((event) => [event.rev, event.type])).toEqual([
        [1, 'message.sent'],
        [2, 'member.joined'],
        [3, 'message.sent'],
        [4, 'message.edited'],
      ])
      for (let rev = 0; rev <= 4; rev += 1) {
        expect(await stores.conversations.changesSince(id, { epoch: SAMPLE_EPOCH, rev })).toEqual(all?.slice(rev))
      }
    })

    test('is unknown for another epoch and for a rev that has not been', async () => {
      await using stores = await open()
      const { id } = await storeConversation(stores.conversations)
      await mustSend(stores.conversations, id)
      expect(await stores.conversations.changesSince(id, { epoch: 'another', rev: 0 })).toBeNull()
      expect(await stores.conversations.changesSince(id, { epoch: SAMPLE_EPOCH, rev: 2 })).toBeNull()
    })

    test('is not given when it is too many bytes', async () => {
      await using stores = await open()
      const { id } = await storeConversation(stores.conversations)
      const first = await mustSend(stores.conversations, id, { content: 'x' })
      for (let n = 0; n < 20; n += 1) {
        await mustSend(stores.conversations, id, { content: 'x'.repeat(5_000) })
        const content = `${n}${'y'.repeat(5_000)}`
        await mustAppend(stores.conversations, id, { type: 'edit', messageId: first.id, content, at: AT })
      }
      const since = (rev: number, maxBytes: number) =>
        stores.conversations.changesSince(id, { epoch: SAMPLE_EPOCH, rev }, maxBytes)
      expect(await since(1, 150_000)).toBeNull()
      expect(await since(1, 300_000)).toHaveLength(40)
      expect(await since(21, 150_000)).toHaveLength(20)
    })

    test('is nothing in a conversation where nothing has happened', async () => {
      await using stores = await open()
      const { id } = await storeConversation(stores.conversations)
      expect(await stores.conversations.changesSince(id, { epoch: SAMPLE_EPOCH, rev: 0 })).toEqual([])
    })
  })
}
