import type { Member } from '../conversations/conversation.ts'
import type { KnownConversations } from '../conversations/known-conversations.ts'
import type { Send } from '../core.ts'
import { isUnavailable } from '../errors.ts'
import type { ConversationId, MessageId, UserId } from '../ids.ts'
import type { CorePorts } from '../ports/core-ports.ts'
import type { Notification, NotificationKind } from './notification.ts'

/** More people than this are not mentioned by one message; the rest of the names are words. */
const MAX_MENTIONS = 100

/** A message on its way to the store. */
interface Draft {
  readonly conversationId: ConversationId
  readonly messageId: MessageId
  readonly senderId: UserId
  readonly metadata: Send['metadata']
}

/** Who is to be told of a message besides those who see it; stored together with it. */
export type NotifyOfMessage = (draft: Draft) => Promise<readonly Omit<Notification, 'seq'>[]>

/**
 * In a chat: those whom `metadata.mentions` names, and in a direct one the other, unless they look at it now.
 * Whether the sender is a member is the store's to say. Members are read only when somebody is mentioned; of
 * direct conversations they are known.
 */
export function createNotifyOfMessage(
  { conversations, presence, clock, ids }: Pick<CorePorts, 'conversations' | 'presence' | 'clock' | 'ids'>,
  known: KnownConversations,
): NotifyOfMessage {
  return async (draft) => {
    const { conversationId, senderId } = draft
    const conversation = await known.look(conversationId)
    if (conversation === null || conversation.kind === 'room') return []
    const mentioned = mentionsIn(draft.metadata)
    if (conversation.pair === null && mentioned.length === 0) return []

    const state = mentioned.length === 0 ? null : await conversations.load(conversationId)
    const members = new Map((conversation.pair ?? []).map((member) => [member.userId, member]))
    const sender = (state?.members ?? members).get(senderId)
    if (sender === undefined) return []
    const kinds = new Map<UserId, NotificationKind>()
    for (const userId of await whoIsAway(conversationId, [...members.keys()])) kinds.set(userId, 'message')
    for (const userId of mentioned) if (state?.members.has(userId)) kinds.set(userId, 'mention')
    kinds.delete(senderId)
    const data = dataOf(sender, conversation.kind, state?.conversation.name ?? '')
    return Array.from(kinds, ([userId, kind]) => noteOf(draft, userId, kind, data))
  }

  async function whoIsAway(id: ConversationId, userIds: readonly UserId[]): Promise<readonly UserId[]> {
    if (userIds.length === 0) return []
    try {
      const online = await presence.online(id, clock.now())
      return userIds.filter((userId) => !online.has(userId))
    } catch (error) {
      // A note too many is cleared by reading; a message needs nobody who knows who is here.
      if (isUnavailable(error)) return userIds
      throw error
    }
  }

  function noteOf(
    { conversationId, messageId }: Draft,
    userId: UserId,
    kind: NotificationKind,
    data: Notification['data'],
  ): Omit<Notification, 'seq'> {
    return { id: ids.notificationId(), userId, kind, conversationId, messageId, data, createdAt: clock.now() }
  }
}

function dataOf({ userId, name }: Member, conversationKind: string, conversationName: string): Notification['data'] {
  return { senderId: userId, senderName: name, conversationKind, conversationName }
}

function mentionsIn(metadata: Send['metadata']): readonly UserId[] {
  const mentions = metadata?.mentions
  if (!Array.isArray(mentions)) return []
  const userIds = mentions.filter((one): one is UserId => typeof one === 'string')
  return [...new Set(userIds)].slice(0, MAX_MENTIONS)
}
