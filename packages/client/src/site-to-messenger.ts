import type { ServerData, ServerEvent } from '@parley/protocol/messenger'
import type { ServerData as SiteData, ServerEvent as SiteEvent } from '@parley/protocol/site'
import { NO_VOICE, toChatMessage } from './site-messages.ts'

/** An event in the vocabulary of chats. */
export type ChatEvent = {
  readonly [E in ServerEvent]: { readonly event: E; readonly data: ServerData<E> }
}[ServerEvent]

/** What each event of the site's wire that a poll brings is called in chats. `now`: where it says no time. */
const TRANSLATIONS: { readonly [E in SiteEvent]?: (data: SiteData<E>, now: number) => ChatEvent | null } = {
  'message:new': (message) => ({ event: 'message:new', data: toChatMessage(message) }),
  'message:updated': (message) => ({ event: 'message:updated', data: toChatMessage(message) }),
  'message:reaction': ({ id, conversationId, emoji, userId, action, rev }, now) => ({
    event: action === 'added' ? 'reaction:new' : 'reaction:removed',
    data: { chatId: conversationId, messageId: id, userId, emoji, rev, at: now },
  }),
  'user:joined': ({ userId, name, conversationId, rev }, now) =>
    rev === undefined
      ? null
      : {
          event: 'chat:member-joined',
          data: {
            chatId: conversationId,
            rev,
            at: now,
            userId,
            name,
            member: { userId, name, role: 'speaker', joinedAt: now, online: false, status: 'offline', voice: NO_VOICE },
          },
        },
  'user:left': ({ userId, name, conversationId, reason, rev }, now) =>
    rev === undefined || reason === 'closed'
      ? null
      : { event: 'chat:member-left', data: { chatId: conversationId, rev, at: now, userId, name, reason } },
  'conversation:updated': ({ conversationId, change, byId, conversation, roles, rev }, now) => ({
    event: 'chat:updated',
    data: {
      chatId: conversationId,
      rev,
      at: now,
      change,
      chat: conversation,
      ...(byId !== undefined && { byId }),
      ...(roles !== undefined && { roles }),
    },
  }),
  'message:read-receipt': ({ conversationId, id, userId, seq, timestamp }) => ({
    event: 'message:read',
    data: { chatId: conversationId, messageId: id, userId, seq, at: timestamp },
  }),
  'message:delivered-receipt': ({ conversationId, id, userId, seq, timestamp }) => ({
    event: 'message:delivered',
    data: { chatId: conversationId, messageId: id, userId, seq, at: timestamp },
  }),
  'conversation:closed': ({ conversationId, reason }) =>
    reason === 'ended'
      ? { event: 'chat:expired', data: { chatId: conversationId } }
      : { event: 'room:kicked', data: { chatId: conversationId, banned: false } },
}

/** `null` for what chats know nothing of. */
export function toChatEvent({ event, data }: { readonly event: string; readonly data: unknown }, now: number) {
  const byName = TRANSLATIONS as Readonly<
    Record<string, ((data: unknown, now: number) => ChatEvent | null) | undefined>
  >
  return byName[event]?.(data, now) ?? null
}
