import type { Audience, DomainEvent, Published } from '@parley/core'
import type { Subscription } from './topic.ts'

/** Whether it came from this session, which has the answer and is passed over. */
export function isPassedOver({ session }: Subscription, { exceptSession }: Published): boolean {
  return exceptSession === session.id
}

/** Whether what happens is for the session in this place, who is not joining any more. */
export function reaches(subscription: Subscription, event: DomainEvent, audience: Audience): boolean {
  if (subscription.isRemoved && event.type !== 'member.removed') return false
  if (audience.kind === 'sessions') return audience.sessionIds.includes(subscription.session.id)
  if (audience.kind === 'user') return subscription.session.identity.userId === audience.userId
  if (subscription.state === 'waiting') return event.type === 'conversation.expired'
  return audience.kind === 'topic' || subscription.role === 'host' || subscription.role === 'moderator'
}
