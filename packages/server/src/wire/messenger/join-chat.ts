import { messenger } from '@parley/protocol'
import { parse } from '../dispatch.ts'
import { enterConversation } from '../enter-conversation.ts'
import { errors } from './errors.ts'
import { missedEvent } from './events.ts'
import { chatIdOf, requireOwnChat } from './find-chat.ts'
import type { MessengerContext } from './messenger-wire.ts'
import { chatView, cursorsView, messageView } from './views.ts'
import { voiceStateView } from './voice-views.ts'

interface Join {
  readonly chatId: string
  readonly since?: { readonly epoch: string; readonly rev: number } | undefined
}

/** Enters the chat, or its lobby. The session may be in many. */
export async function joinChat(
  context: MessengerContext,
  { chatId, since }: Join,
): Promise<messenger.Answer<'chat:join'>> {
  const { session, afterAnswer } = context
  const { foundation } = session.wire
  const { core } = foundation
  const askedId = chatIdOf(context, { chatId })
  const { subscription, entered } = await enterConversation(foundation, session, {
    conversationId: askedId,
    name: null,
    since: since ?? null,
    previous: session.places.get(askedId) ?? null,
    leave: () => session.leavePlace(askedId),
  })
  const { conversationId } = subscription.topic
  session.places.set(conversationId, subscription)
  if (entered.status === 'waiting') {
    afterAnswer.push(() => foundation.fanout.wait(subscription))
    return { waiting: true, chat: chatView(entered.preview.conversation, null) }
  }
  const { self, snapshot, recovered, missed, knocking } = entered
  const { conversation, members, messages, position } = snapshot
  const isTalk = members.some((one) => one.voice.joined)
  const voice = isTalk ? await core.voice(session.caller, conversationId).catch(() => null) : null
  afterAnswer.push(() => {
    for (const { userId, name } of knocking) session.emit('room:knock', { chatId: conversationId, userId, name })
    if (voice !== null) session.emit('voice:state', voiceStateView(conversationId, voice))
    foundation.fanout.settle(subscription, self.role, position, conversation.kind === 'room' ? members : [], knocking)
    // Could not be read, which is no reason to stay outside: it is told as soon as it can be.
    if (isTalk && voice === null) session.wire.voice.changed(subscription.topic)
  })
  return {
    chat: { ...chatView(conversation, position), ...(recovered ? {} : { messages: messages.map(messageView) }) },
    members: session.wire.lists.view(subscription.topic, members) as messenger.Member[],
    cursors: cursorsView(entered.cursors),
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
      chats.push({ ...namedChat(wish), ok: false, error: dispatcher.refusal(error, errors) })
    }
  }
  return { chats }
}

/** The chat id of a wish that may be anything, as far as it has one. */
function namedChat(wish: unknown): { readonly chatId?: unknown } {
  return typeof wish === 'object' && wish !== null && 'chatId' in wish ? { chatId: wish.chatId } : {}
}
