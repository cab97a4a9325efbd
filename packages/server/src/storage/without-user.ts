import type { DurableEvent, UserId } from '@parley/core'
import { nobodyLeft } from './nobody-left.ts'
import { withoutReactionsOf } from './reactions.ts'

/** An event as it may be kept: `null` when it is about them, unless it says that they, or a reaction of theirs, went now. */
export function withoutUser(
  event: DurableEvent,
  userId: UserId,
  erasedRevs: ReadonlySet<number> = new Set(),
): DurableEvent | null {
  if ('byId' in event && event.byId === userId) return null
  switch (event.type) {
    case 'message.sent':
    case 'message.edited':
    case 'message.deleted': {
      if (event.message.senderId === userId) return null
      const message = withoutReactionsOf(event.message, userId)
      return message === event.message ? event : { ...event, message }
    }
    case 'member.joined':
      return event.member.userId === userId ? null : event
    case 'role.changed':
      return [event.userId, event.hostId, event.former?.userId].includes(userId) ? null : event
    case 'member.left':
      return event.userId === userId ? nobodyLeft(event) : event
    case 'reaction.added':
    case 'reaction.removed':
      if (event.userId !== userId) return event
      return erasedRevs.has(event.rev) ? nobodyLeft(event) : null
    default:
      return event
  }
}
