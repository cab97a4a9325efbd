import { randomUUID } from 'node:crypto'
import type { RoomListing } from '@parley/core'
import { describe, expect, test } from 'vitest'
import type { ConversationStores, Open } from './open-stores.ts'
import {
  join,
  joinedEvent,
  loadState,
  mustSend,
  SAMPLE_EPOCH,
  SAMPLE_TIME,
  sampleConversation,
  sampleMember,
  storeConversation,
} from './samples.ts'

/** What every `ConversationStore` promises about conversations and their members. */
export function describeConversationStore(name: string, open: Open<ConversationStores>): void {
  describe(`${name}: conversations`, () => {
    test('a new one is stored whole, at rev 0 and version 0', async () => {
      await using stores = await open()
      const conversation = sampleConversation({
        passwordHash: '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$dGFn',
        banned: ['eve'],
        admitted: ['carl', 'dora'],
        waiting: [{ userId: 'fay', name: 'Fay', since: SAMPLE_TIME }],
      })
      const members = [sampleMember('ann', { absentSince: SAMPLE_TIME }), sampleMember('bob')]
      expect(await stores.conversations.create(conversation, SAMPLE_EPOCH, members, 1)).toBe('created')
      expect(await stores.conversations.load(conversation.id)).toEqual({
        epoch: SAMPLE_EPOCH,
        rev: 0,
        version: 0,
        conversation,
        members: new Map(members.map((member) => [member.userId, member])),
      })
    })

    test('an id is given once', async () => {
      await using stores = await open()
      const conversation = await storeConversation(stores.conversations)
      const second = sampleConversation({ id: conversation.id, name: 'second' })
      expect(await stores.conversations.create(second, 'epoch-2', [], 100)).toBe('exists')
      expect((await loadState(stores.conversations, conversation.id)).conversation.name).toBe(conversation.name)
    })

    test('a quota holds, also against many at once, and is freed by deletion', async () => {
      await using stores = await open()
      const quotaKey = randomUUID()
      const rooms = Array.from({ length: 20 }, () => sampleConversation({ quotaKey }))
      const create = (room: (typeof rooms)[number]) => stores.conversations.create(room, SAMPLE_EPOCH, [], 5)
      const created = await Promise.all(rooms.map(create))
      expect(created.filter((result) => result === 'created')).toHaveLength(5)
      expect(created.filter((result) => result === 'quota')).toHaveLength(15)
      const opened = rooms[created.indexOf('created')]
      if (opened) await stores.conversations.delete(opened.id)
      if (opened) await stores.conversations.delete(opened.id)
      expect(await create(sampleConversation({ quotaKey }))).toBe('created')
      expect(await create(sampleConversation({ quotaKey }))).toBe('quota')
      expect(await create(sampleConversation())).toBe('created')
    })

    test('what is not there is null, gone, or harmless to delete', async () => {
      await using stores = await open()
      const id = randomUUID()
      expect(await stores.conversations.load(id)).toBeNull()
      expect(await stores.conversations.appendState(id, { ifVersion: 0, events: [] })).toEqual({ status: 'gone' })
      expect(await stores.conversations.changesSince(id, { epoch: SAMPLE_EPOCH, rev: 0 })).toBeNull()
      await expect(stores.conversations.delete(id)).resolves.toBeUndefined()
    })

    test('deletion takes everything', async () => {
      await using stores = await open()
      const { id } = await storeConversation(stores.conversations)
      const message = await mustSend(stores.conversations, id, { clientId: 'c1' })
      await stores.conversations.delete(id)
      expect(await stores.conversations.load(id)).toBeNull()
      expect(await stores.conversations.changesSince(id, { epoch: SAMPLE_EPOCH, rev: 0 })).toBeNull()
      expect(await stores.messages.get(id, message.id)).toBeNull()
      expect(await stores.messages.findByClientId(id, 'ann', 'c1')).toBeNull()
      expect(await stores.messages.page(id, { limit: 10 })).toEqual({ messages: [], hasMore: false })
    })

    test('rooms are listed page by page, each once, with how many are in it', async () => {
      await using stores = await open()
      const { conversations } = stores
      const rooms = [await storeConversation(conversations), await storeConversation(conversations)]
      for (let n = 0; n < 5; n += 1) rooms.push(await storeConversation(conversations))
      const chat = await storeConversation(conversations, { kind: 'group', expiresAt: null })
      const over = await storeConversation(conversations)
      await join(conversations, rooms[3]?.id ?? '', sampleMember('carl'))
      await conversations.delete(over.id)

      const listed: RoomListing[] = []
      let cursor: string | null = null
      do {
        const page = await conversations.listRooms(3, cursor)
        expect(page.rooms.length).toBeLessThanOrEqual(3)
        listed.push(...page.rooms)
        cursor = page.cursor
      } while (cursor !== null)
      const byId = Map.groupBy(listed, ({ conversation }) => conversation.id)
      for (const [at, room] of rooms.entries()) {
        expect(byId.get(room.id)).toEqual([{ conversation: room, members: at === 3 ? 3 : 2 }])
      }
      expect(byId.has(chat.id)).toBe(false)
      expect(byId.has(over.id)).toBe(false)
    })

    test('they and their members are counted', async () => {
      await using stores = await open()
      const before = await stores.conversations.count()
      const { id } = await storeConversation(stores.conversations)
      await storeConversation(stores.conversations)
      await join(stores.conversations, id, sampleMember('carl'))
      expect(await stores.conversations.count()).toEqual({
        conversations: before.conversations + 2,
        members: before.members + 5,
      })
      await stores.conversations.delete(id)
      expect(await stores.conversations.count()).toEqual({
        conversations: before.conversations + 1,
        members: before.members + 2,
      })
    })
  })

  describe(`${name}: changes of state`, () => {
    test('settings, members and events are stored together, and what is answered is what is stored', async () => {
      await using stores = await open()
      const { id } = await storeConversation(stores.conversations)
      const carl = sampleMember('carl')
      const appended = await stores.conversations.appendState(id, {
        ifVersion: 0,
        conversation: { isLocked: true, hostAbsentSince: SAMPLE_TIME, banned: ['eve'] },
        putMembers: [carl, sampleMember('ann', { role: 'moderator' })],
        removeMembers: ['bob', 'nobody'],
        events: [
          { type: 'member.left', conversationId: id, at: SAMPLE_TIME, userId: 'bob', name: 'Bob', reason: 'left' },
          joinedEvent(id, carl),
        ],
      })
      const state = await loadState(stores.conversations, id)
      expect(appended).toEqual({
        status: 'appended',
        state,
        events: [
          {
            type: 'member.left',
            conversationId: id,
            at: SAMPLE_TIME,
            userId: 'bob',
            name: 'Bob',
            reason: 'left',
            rev: 1,
          },
          { type: 'member.joined', conversationId: id, at: SAMPLE_TIME, member: carl, rev: 2 },
        ],
      })
      expect(state).toMatchObject({
        rev: 2,
        version: 1,
        conversation: { isLocked: true, hostAbsentSince: SAMPLE_TIME, banned: ['eve'] },
      })
      expect(state.members).toEqual(
        new Map([
          ['ann', sampleMember('ann', { role: 'moderator' })],
          ['carl', carl],
        ]),
      )
    })

    test('one without events makes a new version and no rev', async () => {
      await using stores = await open()
      const { id } = await storeConversation(stores.conversations)
      await stores.conversations.appendState(id, { ifVersion: 0, events: [] })
      expect(await loadState(stores.conversations, id)).toMatchObject({ rev: 0, version: 1 })
    })

    test('one decided on an older version is refused, and nothing of it is stored', async () => {
      await using stores = await open()
      const { id } = await storeConversation(stores.conversations)
      await join(stores.conversations, id, sampleMember('carl'))
      const before = await loadState(stores.conversations, id)
      const stale = await stores.conversations.appendState(id, {
        ifVersion: 0,
        conversation: { isLocked: true },
        putMembers: [sampleMember('dora')],
        events: [joinedEvent(id, sampleMember('dora'))],
      })
      expect(stale).toEqual({ status: 'stale' })
      expect(await loadState(stores.conversations, id)).toEqual(before)
    })

    test('of many decided on one version, one is stored', async () => {
      await using stores = await open()
      const { id } = await storeConversation(stores.conversations)
      const results = await Promise.all(
        Array.from({ length: 16 }, (_, i) => {
          const member = sampleMember(`user-${i}`)
          return stores.conversations.appendState(id, {
            ifVersion: 0,
            putMembers: [member],
            events: [joinedEvent(id, member)],
          })
        }),
      )
      expect(results.map((result) => result.status).sort()).toEqual(['appended', ...Array(15).fill('stale')])
      expect(await loadState(stores.conversations, id)).toMatchObject({ rev: 1, version: 1, members: { size: 3 } })
    })

    test('messages do not make a decision stale', async () => {
      await using stores = await open()
      const { id } = await storeConversation(stores.conversations)
      const { version } = await loadState(stores.conversations, id)
      await mustSend(stores.conversations, id)
      const carl = sampleMember('carl')
      expect(
        await stores.conversations.appendState(id, {
          ifVersion: version,
          putMembers: [carl],
          events: [joinedEvent(id, carl)],
        }),
      ).toMatchObject({ status: 'appended', events: [{ rev: 2 }] })
    })

    test('a state once read does not change any more', async () => {
      await using stores = await open()
      const { id } = await storeConversation(stores.conversations)
      const state = await loadState(stores.conversations, id)
      const copy = structuredClone(state)
      await join(stores.conversations, id, sampleMember('carl'))
      await mustSend(stores.conversations, id)
      expect(state).toEqual(copy)
    })
  })
}
