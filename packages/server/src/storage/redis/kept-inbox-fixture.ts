import type { DurableEvent, InboxStore, Listing, UserId } from '@parley/core'
import type { InboxStores } from '@parley/testkit/contracts'
import type { OpenRedisRooms } from './redis-rooms-fixture.ts'
import { roomKey } from './room-keys.ts'
import { readMessageChange, subjectOf, toMessageEvent, toSentEvent, toStateEvent } from './stored-change.ts'

type Asked = Pick<InboxStore, 'changes' | 'list' | 'conversationIds'>

/**
 * Rooms are in nobody's inbox. What the contract of erasing and pruning asks of one is answered here from what Redis
 * really keeps, what was cut off included, so that the suite sees whatever is left there.
 */
export function withKeptInbox(rooms: OpenRedisRooms): InboxStores & AsyncDisposable {
  const { conversations, messages, receipts, users, link } = rooms

  async function keptAfter(id: string, rev: number): Promise<DurableEvent[]> {
    const kept = await link.ask((redis) => redis.hgetall(roomKey(id, 'changes')))
    const events: DurableEvent[] = []
    for (const message of (await messages.page(id, { after: rev, limit: 100 })).messages) {
      events.push(toSentEvent(message, kept[`w${message.seq}`] ?? null))
    }
    for (const [field, change] of Object.entries(kept)) {
      const at = Number(field)
      if (field === '' || !(at > rev)) continue
      const messageId = subjectOf(change)
      const message = messageId === null ? null : await messages.get(id, messageId)
      if (messageId === null) events.push(toStateEvent(id, at, change))
      else if (message) {
        events.push(toMessageEvent(at, readMessageChange(id, at, change), message, kept[`w${at}`] ?? null))
      }
    }
    return events.sort((one, other) => one.rev - other.rev)
  }

  async function places(userId: UserId): Promise<Record<string, number>> {
    const states = await Promise.all((await users.everIn(userId)).map((id) => conversations.load(id)))
    return Object.fromEntries(states.flatMap((state) => (state ? [[state.conversation.id, state.rev]] : [])))
  }

  const inbox: Asked = {
    async conversationIds(userId) {
      const states = await Promise.all((await users.everIn(userId)).map((id) => conversations.load(id)))
      return states.flatMap((state) => (state?.members.has(userId) ? [state.conversation.id] : []))
    },

    async changes(userId, cursor) {
      const items: DurableEvent[] = []
      if (cursor !== null)
        for (const [id, rev] of Object.entries(JSON.parse(cursor))) items.push(...(await keptAfter(id, Number(rev))))
      return { items, cursor: JSON.stringify(await places(userId)), hasMore: false }
    },

    async list(userId) {
      const listings: Listing[] = []
      for (const id of await users.everIn(userId)) {
        const [state, cursors] = [await conversations.load(id), await receipts.cursors(id)]
        const cursor = cursors.get(userId)
        const self = state?.members.get(userId)
        if (!state || !self || !cursor) continue
        const page = await messages.page(id, { after: cursor.read, limit: 100 })
        const unread = page.messages.filter(({ senderId }) => senderId !== userId).length
        const lastMessage = (await messages.page(id, { limit: 1 })).messages[0] ?? null
        const { conversation, epoch, rev } = state
        listings.push({ conversation, position: { epoch, rev }, self, lastMessage, unread, cursor, activeAt: 0 })
      }
      return { listings, hasMore: false }
    },
  }

  return { ...rooms, inbox: inbox as InboxStore }
}
