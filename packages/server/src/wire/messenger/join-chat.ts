import { DomainError, normalizeRoomId } from '@parley/core'
import { messenger } from '@parley/protocol'
import { parse } from '../dispatch.ts'
import { enterConversation } from '../enter-conversation.ts'
import { errors } from './errors.ts'
import { missedEvent } from './events.ts'
import type { MessengerContext } from './messenger-wire.ts'
import { chatView, memberView, messageView } from './views.ts'

interface Join {
  readonly chatId: string
  readonly since?: { readonly epoch: string; readonly rev: number } | undefined
}

/** Enters the chat, or its lobby. The session may be in many. */
export async function joinChat(
  { session, afterAnswer }: MessengerContext,
  { chatId, since }: Join,
): Promise<messenger.Answer<'chat:join'>> {
  const { foundation } = session.wire
  const conversationId = normalizeRoomId(chatId)
  const previous = session.places.get(conversationId) ?? null
  session.places.delete(conversationId)
  const { subscription, entered } = await enterConversation(foundation, session, {
    conversationId,
    name: null,
    since: since ?? null,
    previous,
  })
  session.places.set(conversationId, subscription)
  if (entered.status === 'waiting') {
    afterAnswer.push(() => foundation.fanout.wait(subscription))
    return { waiting: true, chat: chatView(entered.preview.conversation, null) }
  }
  const { self, snapshot, recovered, missed, knocking } = entered
  const { conversation, members, messages, position } = snapshot
  afterAnswer.push(() => {
    for (const { userId, name } of knocking) session.emit('room:knock', { chatId: conversationId, userId, name })
    foundation.fanout.settle(subscription, self.role, position.rev)
  })
  return {
    chat: { ...chatView(conversation, position), ...(recovered ? {} : { messages: messages.map(messageView) }) },
    members: members.map(memberView),
    cursors: {},
    recovered,
    changes: missed.map(missedEvent),
    ...position,
  }
}

/** Joins each chat by itself: one that fails says so in its own result. */
export async function joinChats(
  context: MessengerContext,
  joins: readonly unknown[],
): Promise<messenger.Answer<'chat:join-multiple'>> {
  const { dispatcher } = context.session.wire.foundation
  const chats: Record<string, unknown>[] = []
  for (const wish of joins) {
    try {
      const join = parse(messenger.clientMessages['chat:join'], wish)
      requireOwnChat(context, join)
      chats.push({ chatId: join.chatId, ok: true, ...(await joinChat(context, join)) })
    } catch (error) {
      chats.push({ ...chatIdOf(wish), ok: false, error: dispatcher.refusal(error, errors) })
    }
  }
  return { chats }
}

/** As far as it says one. */
function chatIdOf(wish: unknown): { readonly chatId?: unknown } {
  return typeof wish === 'object' && wish !== null && 'chatId' in wish ? { chatId: wish.chatId } : {}
}

/** Guard of what concerns a chat: a token that was given for one room touches no other. */
export function requireOwnChat({ identity }: MessengerContext, { chatId }: { readonly chatId: string }): void {
  if (identity.room !== null && identity.room !== normalizeRoomId(chatId)) {
    throw new DomainError('CONVERSATION_NOT_FOUND', 'There is no such chat, or your token is not for it.')
  }
}

/**
 * Guard of what is done in a chat. Whoever has neither a place in it nor a token for it gets one answer, be
 * there such a chat or not: ids are looked for by joining, which is throttled, or not at all.
 */
export function requirePlace(context: MessengerContext, input: { readonly chatId: string }): void {
  requireOwnChat(context, input)
  if (context.identity.room === null && !context.session.places.has(normalizeRoomId(input.chatId))) {
    throw new DomainError('NOT_IN_ROOM', 'You are not in this chat. Join it first.')
  }
}
