import { DomainError } from '@parley/core'
import type { site } from '@parley/protocol'
import { namedConversation } from '../conversation-named.ts'
import { enterConversation } from '../enter-conversation.ts'
import { missedEvent } from './events.ts'
import type { SiteContext } from './site-wire.ts'
import { conversationView, messageView } from './views.ts'

interface Join {
  readonly conversationId: string
  readonly since?: { readonly epoch: string; readonly rev: number } | undefined
}

/** Enters the conversation. The session may be in many. */
export async function joinConversation(
  { session, afterAnswer }: SiteContext,
  { conversationId: named, since }: Join,
): Promise<site.Answer<'conversation:join'>> {
  const { foundation } = session.wire
  const askedId = namedConversation(session, named)
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
    session.leavePlace(conversationId)
    await foundation.core.leave(session.caller, conversationId)
    throw new DomainError('FORBIDDEN', 'This room has a lobby: ask to be let in with an app that can wait there.')
  }
  const { self, snapshot, recovered, missed, cursors } = entered
  const inRoom = snapshot.conversation.kind === 'room' ? snapshot.members : []
  afterAnswer.push(() => foundation.fanout.settle(subscription, self.role, snapshot.position, inRoom))
  return {
    conversation: conversationView({ ...snapshot, cursors }),
    messages: recovered ? [] : snapshot.messages.map(messageView),
    recovered,
    changes: missed.map(missedEvent),
    ...snapshot.position,
  }
}
