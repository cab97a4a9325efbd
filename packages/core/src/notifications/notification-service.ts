import type { Conversation, ConversationState, Member } from '../conversations/conversation.ts'
import { refusals } from '../conversations/refusals.ts'
import type { PersonCommands } from '../core.ts'
import type { DurableEvent } from '../events.ts'
import type { ConversationId, UserId } from '../ids.ts'
import type { CoreOptions } from '../options.ts'
import type { CorePorts } from '../ports/core-ports.ts'
import type { Notification, NotificationId } from './notification.ts'

export interface NotificationService
  extends Pick<PersonCommands, 'pendingNotifications' | 'clearNotification' | 'clearNotifications'> {
  /** Tells people what has been stored for them. */
  readonly tell: (notifications: readonly Notification[]) => void
  /** What is about messages of this conversation up to this place has been seen. */
  readonly clearUpTo: (userId: UserId, conversationId: ConversationId, seq: number) => Promise<void>
  /** Tells people on all of their devices that they are members now, and those whom somebody else made one leaves a note. */
  readonly tellAdded: (
    state: Pick<ConversationState, 'conversation'>,
    added: readonly Member[],
    by: Pick<Member, 'userId' | 'name'> | null,
  ) => Promise<void>
  /** Leaves a note for those who were made host or moderator by somebody else. */
  readonly tellRoles: (state: ConversationState, events: readonly DurableEvent[]) => Promise<void>
}

/** What waits for people until they have seen it on one of their devices. */
export function createNotificationService(
  { notifications, bus, clock, ids }: Pick<CorePorts, 'notifications' | 'bus' | 'clock' | 'ids'>,
  options: Pick<CoreOptions, 'pendingNotifications'>,
): NotificationService {
  function tell(stored: readonly Notification[]): void {
    for (const notification of stored) {
      bus.publishToUsers({
        event: { type: 'notification.created', at: notification.createdAt, notification },
        userIds: [notification.userId],
        onlySession: null,
        exceptSession: null,
      })
    }
  }

  function tellCleared(userId: UserId, cleared: readonly NotificationId[]): void {
    if (cleared.length === 0) return
    bus.publishToUsers({
      event: { type: 'notification.cleared', at: clock.now(), ids: cleared },
      userIds: [userId],
      onlySession: null,
      exceptSession: null,
    })
  }

  function noteOf({ id, name, kind }: Conversation, userId: UserId, data: Notification['data']): Notification {
    return {
      id: ids.notificationId(),
      userId,
      kind: 'event',
      conversationId: id,
      messageId: null,
      seq: null,
      data: { conversationName: name, conversationKind: kind, ...data },
      createdAt: clock.now(),
    }
  }

  async function leave(notes: readonly Notification[]): Promise<void> {
    if (notes.length === 0) return
    await notifications.add(notes)
    tell(notes)
  }

  return {
    tell,

    pendingNotifications: ({ userId }) => notifications.pending(userId, options.pendingNotifications),

    async clearNotification({ userId }, id) {
      const cleared = await notifications.clear(userId, { ids: [id] })
      if (cleared.length === 0) throw refusals.notificationNotFound()
      tellCleared(userId, cleared)
    },

    async clearNotifications({ userId }) {
      tellCleared(userId, await notifications.clear(userId, 'all'))
    },

    async clearUpTo(userId, conversationId, seq) {
      tellCleared(userId, await notifications.clear(userId, { conversationId, upTo: seq }))
    },

    async tellAdded({ conversation }, added, by) {
      for (const member of added) {
        bus.publishToUsers({
          event: { type: 'conversation.added', at: clock.now(), conversationId: conversation.id, member },
          userIds: [member.userId],
          onlySession: null,
          exceptSession: null,
        })
      }
      const others = added.filter(({ userId }) => userId !== by?.userId)
      const data = { what: 'added', byId: by?.userId ?? null, byName: by?.name ?? null }
      await leave(others.map(({ userId }) => noteOf(conversation, userId, data)))
    },

    async tellRoles({ conversation, members }, events) {
      const notes = events.flatMap((event) => {
        if (event.type !== 'role.changed' || event.userId === event.byId) return []
        if (event.role !== 'host' && event.role !== 'moderator') return []
        const byName = event.byId === null ? null : (members.get(event.byId)?.name ?? null)
        const data = { what: 'role', role: event.role, byId: event.byId, byName }
        return [noteOf(conversation, event.userId, data)]
      })
      await leave(notes)
    },
  }
}
