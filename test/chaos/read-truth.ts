import type { rooms, site } from '@parley/protocol'
import { createRestClient } from '../clients/rest-client.ts'
import { openRoomsClient } from '../clients/rooms-client.ts'
import { storedMessages } from '../scenarios/site-chats.ts'
import type { StoredMessage, Truth } from './history.ts'

/** What the server has of a chat, as one of its members reads it. */
export async function readChat(url: string, token: string, conversationId: string): Promise<Truth> {
  const path = `/api/conversations/${conversationId}`
  const { status, body } = await createRestClient(url).call<site.ConversationAnswer>('GET', path, undefined, token)
  if (status !== 200) throw new Error(`${path} was answered ${status} ${JSON.stringify(body)}`)
  const { epoch, rev } = body.conversation
  const messages = (await storedMessages(url, token, conversationId)).map(
    ({ id, seq, text, deletedAt, userId, messageId }): StoredMessage => ({
      ...{ id, seq, text, userId, deleted: deletedAt !== undefined },
      clientId: messageId === id ? null : messageId,
    }),
  )
  return { conversationId, epoch, rev, messages }
}

/** And of a room, by somebody who comes in to read it: a seat that nobody sits on for five minutes is given up. */
export async function readRoom(url: string, token: string, conversationId: string): Promise<Truth> {
  using client = await openRoomsClient(url, token)
  await client.ask('join_room', { roomId: conversationId })
  const { room } = await client.event('joined')
  const rest = createRestClient(url)
  const stored: rooms.Message[] = []
  for (let hasMore = true; hasMore; ) {
    const page = await rest.history(conversationId, token, stored[0]?.seq)
    stored.unshift(...page.messages)
    hasMore = page.hasMore
  }
  const messages = stored.map(
    ({ id, seq, text, deletedAt, senderId: userId, clientId = null }): StoredMessage => ({
      ...{ id, seq, text, userId, clientId, deleted: deletedAt !== undefined },
    }),
  )
  return { conversationId, epoch: room.epoch, rev: room.rev, messages }
}
