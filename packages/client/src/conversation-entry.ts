import { DELETED_USER_ID } from '@parley/protocol/constants'
import type { ServerData } from '@parley/protocol/messenger'
import type { ConversationSummary } from '@parley/protocol/site'
import type { Change } from './sequencer.ts'
import { toSiteMessage } from './site-messages.ts'

/** How a change left a conversation: as it stands, over for us, or not to be known without asking the server. */
export type Outcome = ConversationSummary | 'over' | 'ask'

/** A conversation of the list after a change, as far as the change says. */
export function applyChange(summary: ConversationSummary, change: Change, selfId: string | null): Outcome {
  const moved = { ...summary, rev: change.event === 'message:new' ? change.data.seq : change.data.rev }
  switch (change.event) {
    case 'message:new': {
      const message = change.data
      // What was deleted meanwhile counts nowhere.
      if (message.deletedAt !== undefined) return moved
      const isUnread = message.senderId !== selfId && message.seq > summary.read
      return {
        ...moved,
        lastMessage: toSiteMessage(message),
        activeAt: Math.max(summary.activeAt, message.createdAt),
        unread: summary.unread + (isUnread ? 1 : 0),
      }
    }
    case 'message:updated': {
      const message = change.data
      const isLast = summary.lastMessage?.id === message.id
      if (message.deletedAt !== undefined) {
        const wasUnread = message.senderId !== selfId && message.seq > summary.read
        // What is the last message now, and how many are unread, the server knows.
        return isLast || wasUnread ? 'ask' : moved
      }
      return isLast ? { ...moved, lastMessage: toSiteMessage(message) } : moved
    }
    case 'chat:updated':
      return updated(moved, change.data, selfId)
    case 'chat:member-left':
      // Whoever was deleted may have said the last word.
      if (change.data.userId === DELETED_USER_ID) return 'ask'
      return change.data.userId === selfId && change.data.reason !== 'timeout' ? 'over' : moved
    default:
      return moved
  }
}

function updated(
  summary: ConversationSummary,
  { chat: { name, hostId, expiresAt }, roles }: ServerData<'chat:updated'>,
  selfId: string | null,
): ConversationSummary {
  const role = roles?.find(({ userId }) => userId === selfId)?.role
  return {
    ...summary,
    ...(name !== undefined && { name }),
    ...(hostId !== undefined && { hostId }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(role !== undefined && { role }),
  }
}
