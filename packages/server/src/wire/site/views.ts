import type {
  ConversationDetails,
  ConversationSummary,
  ConversationView,
  Cursor,
  DurableEvent,
  MemberView,
  Message,
  Notification,
  PersonStatus,
  Position,
  UserId,
} from '@parley/core'
import type { site } from '@parley/protocol'

/** A message as the site wire, REST and the poll show one. */
export function messageView(message: Message): site.Message {
  const { id, clientId, conversationId, senderId, senderName, content, createdAt, seq, rev } = message
  const { type, replyTo, metadata, editedAt, deletedAt, reactions } = message
  return {
    messageId: clientId ?? id,
    id,
    conversationId,
    userId: senderId,
    name: senderName,
    text: content,
    timestamp: createdAt,
    seq,
    rev,
    ...(type === 'text' ? {} : { type }),
    ...(replyTo === null ? {} : { replyTo }),
    // Opaque JSON, as its sender gave it.
    ...(metadata === null ? {} : { metadata: metadata as NonNullable<site.Message['metadata']> }),
    ...(editedAt === null ? {} : { editedAt }),
    ...(deletedAt === null ? {} : { deletedAt }),
    ...(Object.keys(reactions).length === 0 ? {} : { reactions: reactions as Record<string, string[]> }),
  }
}

/** Something that waits for the caller. */
export function notificationView(notification: Notification): site.Notification {
  const { id, kind, conversationId, messageId, seq, data, createdAt } = notification
  return {
    ...{ id, kind, data, createdAt },
    ...(conversationId === null ? {} : { conversationId }),
    ...(messageId === null ? {} : { messageId }),
    ...(seq === null ? {} : { seq }),
  }
}

function memberView({ member, status, voice }: MemberView): site.Member {
  const { userId, name, role, joinedAt } = member
  return { userId, name, status, role, joinedAt, voice }
}

/** A conversation as its members see it, and the site itself. */
export function conversationView(details: ConversationDetails): site.Conversation {
  return {
    ...settingsOf(details),
    members: details.members.map(memberView),
    cursors: cursorsView(details.cursors),
  }
}

/** A conversation in the caller's list. */
export function summaryView(summary: ConversationSummary): site.ConversationSummary {
  const { lastMessage, unread, cursor, activeAt, self, counterpart } = summary
  return {
    ...settingsOf(summary),
    ...(lastMessage === null ? {} : { lastMessage: messageView(lastMessage) }),
    unread,
    read: cursor.read,
    activeAt,
    role: self.role,
    ...(counterpart === null ? {} : { counterpart: counterpartView(counterpart) }),
  }
}

function cursorsView(cursors: ReadonlyMap<UserId, Cursor>): site.Conversation['cursors'] {
  return Object.fromEntries([...cursors].map(([userId, { delivered, read }]) => [userId, { delivered, read }]))
}

/** What the sender of a message learns of it. */
export function ackView({ message, duplicate }: { readonly message: Message; readonly duplicate: boolean }): site.Ack {
  const { id, clientId, seq, createdAt } = message
  return {
    messageId: clientId ?? id,
    id,
    status: duplicate ? 'duplicate' : 'sent',
    seq,
    // Of the sending, also for a duplicate: what has changed since, the sender hears like everybody else.
    rev: seq,
    timestamp: createdAt,
  }
}

/** Something about the conversation as a whole. */
export function updateView(
  event: Extract<DurableEvent, { readonly type: 'role.changed' | `conversation.${string}` }>,
): site.ServerData<'conversation:updated'> {
  const { conversationId, rev, byId } = event
  const common = { conversationId, rev, ...(byId === null ? {} : { byId }) }
  switch (event.type) {
    case 'role.changed': {
      const { userId, role, hostId, former } = event
      const roles = [{ userId, role }, ...(former === null ? [] : [former])]
      return { ...common, change: 'role', conversation: role === 'host' ? { hostId } : {}, roles }
    }
    case 'conversation.locked':
      return { ...common, change: 'locked', conversation: { isLocked: true } }
    case 'conversation.unlocked':
      return { ...common, change: 'unlocked', conversation: { isLocked: false } }
    case 'conversation.extended':
      return { ...common, change: 'extended', conversation: { expiresAt: event.expiresAt } }
    case 'conversation.renamed':
      return { ...common, change: 'renamed', conversation: { name: event.name } }
  }
}

function settingsOf({
  conversation,
  position,
}: {
  readonly conversation: ConversationView
  readonly position: Position
}) {
  const { id, kind, name, hostId, createdAt, expiresAt, retentionDays } = conversation
  return {
    id,
    kind,
    name,
    hostId,
    createdAt,
    ...(expiresAt === null ? {} : { expiresAt }),
    ...(retentionDays === null ? {} : { retentionDays }),
    ...position,
  }
}

function counterpartView({ userId, name, status, lastSeenAt }: PersonStatus) {
  return { userId, name, status, ...(lastSeenAt === null ? {} : { lastSeen: lastSeenAt }) }
}
