import { requireOpen } from '../conversations/change-conversation.ts'
import type { ConversationState, Member } from '../conversations/conversation.ts'
import { toAllStored } from '../conversations/decision.ts'
import type { KnownConversations } from '../conversations/known-conversations.ts'
import type { ViewMembers } from '../conversations/member-views.ts'
import type { NamesHere } from '../conversations/names-here.ts'
import { refusals } from '../conversations/refusals.ts'
import { requireMember } from '../conversations/rights.ts'
import type { Core } from '../core.ts'
import type { ConversationId, MessageId, SessionId, UserId } from '../ids.ts'
import type { NotifyOfMessage } from '../notifications/message-notifications.ts'
import type { Notification } from '../notifications/notification.ts'
import type { CoreOptions } from '../options.ts'
import type { MessageAppended } from '../ports/conversation-store.ts'
import type { CorePorts } from '../ports/core-ports.ts'
import { cleanContent, isReaction } from './content-rules.ts'
import { placeOf } from './find-message.ts'
import type { Message } from './message.ts'
import type { TypingService } from './typing-service.ts'

export type MessageService = Pick<Core, 'send' | 'edit' | 'deleteMessage' | 'react' | 'typing' | 'history' | 'members'>

/** What the service stands on besides the ports. */
interface Parts {
  readonly known: KnownConversations
  readonly viewMembers: ViewMembers
  readonly typing: TypingService
  readonly names: NamesHere
  readonly notifyOf: NotifyOfMessage
  /** Tells people of the notifications that were stored for them. */
  readonly tellNotified: (stored: readonly Notification[]) => void
}

/** What members say, and what becomes of it. */
export function createMessageService(ports: CorePorts, options: CoreOptions, parts: Parts): MessageService {
  const { conversations, messages, bus, clock, ids } = ports
  const { known, viewMembers, typing, names, notifyOf, tellNotified } = parts

  const send: Core['send'] = async (caller, input) => {
    const id = await known.resolve(input.conversationId)
    const content = cleanContent(input.content)
    if (input.replyTo !== null && (await messages.get(id, input.replyTo)) === null) {
      await readAsMember(id, caller.userId)
      throw refusals.messageNotFound()
    }
    const messageId = ids.messageId()
    const { userId: senderId } = caller
    const notifications = await notifyOf({ conversationId: id, messageId, senderId, metadata: input.metadata })
    const appended = await conversations.append(id, {
      type: 'send',
      ...(notifications.length > 0 && { notifications }),
      message: {
        id: messageId,
        conversationId: id,
        clientId: input.clientId,
        senderId,
        content,
        type: input.type,
        replyTo: input.replyTo,
        metadata: input.metadata,
        createdAt: clock.now(),
      },
    })
    publish(appended, caller.sessionId)
    typing.stop(id, caller.userId)
    if (appended.status === 'not-member') throw refusals.stranger((await known.look(id))?.kind ?? 'group')
    if (appended.status === 'appended') tellNotified(appended.notifications ?? [])
    return { message: messageOf(appended), duplicate: appended.status === 'duplicate' }
  }

  const edit: Core['edit'] = async ({ userId }, { conversationId, messageId, content: written }) => {
    const content = cleanContent(written)
    const { id, message } = await find(conversationId, messageId, userId)
    if (message.senderId !== userId) throw refusals.forbidden('whoever wrote a message')
    const appended = await conversations.append(id, { type: 'edit', messageId, content, at: clock.now() })
    publish(appended, null)
    return messageOf(appended)
  }

  const deleteMessage: Core['deleteMessage'] = async ({ userId }, { conversationId, messageId }) => {
    const { id, message, member } = await find(conversationId, messageId, userId)
    if (message.senderId !== userId && member.role !== 'host') {
      throw refusals.forbidden('whoever wrote a message, and the host,')
    }
    const appended = await conversations.append(id, { type: 'delete', messageId, byId: userId, at: clock.now() })
    publish(appended, null)
    return messageOf(appended)
  }

  const react: Core['react'] = async ({ userId }, { conversationId, messageId, emoji, on: wanted }) => {
    if (!isReaction(emoji)) throw refusals.invalid('emoji', 'must be one emoji')
    const { id, message } = await find(conversationId, messageId, userId)
    const on = wanted ?? !message.reactions[emoji]?.includes(userId)
    if (on && !message.reactions[emoji] && Object.keys(message.reactions).length >= options.reactionMaxEmoji) {
      throw refusals.invalid('emoji', `must be one of the ${options.reactionMaxEmoji} that this message has already`)
    }
    const appended = await conversations.append(id, { type: 'react', messageId, userId, emoji, on, at: clock.now() })
    publish(appended, null)
    return { on, message: messageOf(appended) }
  }

  /** The message and the member who asks about it. Throws for those who are not in the room, and for a deleted message. */
  async function find(
    typedId: string,
    messageId: MessageId,
    userId: UserId,
  ): Promise<{ readonly id: ConversationId; readonly member: Member; readonly message: Message }> {
    const id = await known.resolve(typedId)
    const [state, message] = await Promise.all([readAsMember(id, userId), messages.get(id, messageId)])
    if (!message || message.deletedAt !== null) throw refusals.messageNotFound()
    return { id, member: requireMember(state, userId), message }
  }

  async function readAsMember(id: ConversationId, userId: UserId): Promise<ConversationState> {
    const state = requireOpen(await conversations.load(id), clock.now())
    requireMember(state, userId)
    return state
  }

  function publish(appended: MessageAppended, exceptSession: SessionId | null): void {
    if (appended.status !== 'appended') return
    bus.publish(toAllStored(appended.event, appended.epoch, exceptSession))
  }

  return {
    send,
    edit,
    deleteMessage,
    react,
    async typing(caller, { conversationId, isTyping }) {
      const id = await known.resolve(conversationId)
      if (!isTyping) return typing.stop(id, caller.userId)
      const readName = async () => requireMember(await readAsMember(id, caller.userId), caller.userId).name
      await typing.start(id, caller, () => names.nameOf(id, caller, readName))
    },
    async history({ userId }, { conversationId, before, after, limit }) {
      const id = await known.resolve(conversationId)
      const { members } = requireOpen(await conversations.load(id), clock.now())
      // To a stranger who reads, a room that is there looks like one that is not.
      if (!members.has(userId)) throw refusals.notFound()
      return messages.page(id, {
        limit,
        maxBytes: options.pageMaxBytes,
        ...(before !== undefined && { before: await placeOf(messages, id, userId, 'before', before) }),
        ...(after !== undefined && { after: await placeOf(messages, id, userId, 'after', after) }),
      })
    },
    async members({ userId }, conversationId) {
      return viewMembers(await readAsMember(await known.resolve(conversationId), userId))
    },
  }
}

function messageOf(appended: MessageAppended): Message {
  switch (appended.status) {
    case 'appended':
    case 'duplicate':
    case 'unchanged':
      return appended.message
    case 'missing':
      throw refusals.messageNotFound()
    case 'not-member':
      throw refusals.notInRoom()
    case 'gone':
      throw refusals.notFound()
  }
}
