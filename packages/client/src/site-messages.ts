import type { Message, Notification } from '@parley/protocol/messenger'
import type { ConversationSummary, Notification as SiteNotification } from '@parley/protocol/site'

type SiteMessage = NonNullable<ConversationSummary['lastMessage']>

/** What a member in chats has where the site's vocabulary, which knows no voice, tells of one. */
export const NO_VOICE = { joined: false, muted: false, speaking: false }

/** A message of the site's vocabulary in that of chats. */
export function toChatMessage(message: SiteMessage): Message {
  const { messageId, id, conversationId, userId, name, text, timestamp, seq, rev } = message
  const { type = 'text', replyTo, metadata, editedAt, deletedAt, reactions = {} } = message
  return {
    id,
    chatId: conversationId,
    ...(messageId !== id && { tempId: messageId }),
    seq,
    rev,
    senderId: userId,
    senderName: name,
    encryptedContent: text,
    messageType: type,
    ...(replyTo !== undefined && { replyToId: replyTo }),
    ...(metadata !== undefined && { metadata }),
    createdAt: timestamp,
    ...(editedAt !== undefined && { editedAt }),
    ...(deletedAt !== undefined && { deletedAt }),
    reactions,
  }
}

/** What waits for the person, likewise. */
export const toChatNotification = ({ conversationId, ...notification }: SiteNotification): Notification => ({
  ...notification,
  ...(conversationId !== undefined && { chatId: conversationId }),
})

/** A message of a chat in the site's vocabulary. */
export function toSiteMessage(message: Message): SiteMessage {
  const { id, chatId, tempId, seq, rev, senderId, senderName, encryptedContent, messageType } = message
  const { replyToId, metadata, createdAt, editedAt, deletedAt, reactions } = message
  return {
    messageId: tempId ?? id,
    id,
    conversationId: chatId,
    userId: senderId,
    name: senderName,
    text: encryptedContent,
    timestamp: createdAt,
    seq,
    rev,
    ...(messageType !== 'text' && { type: messageType }),
    ...(replyToId !== undefined && { replyTo: replyToId }),
    ...(metadata !== undefined && { metadata }),
    ...(editedAt !== undefined && { editedAt }),
    ...(deletedAt !== undefined && { deletedAt }),
    ...(Object.keys(reactions).length > 0 && { reactions }),
  }
}
