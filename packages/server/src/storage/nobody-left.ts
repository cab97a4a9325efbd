import { type ConversationId, DELETED_USER, type EventOf, type Millis } from '@parley/core'

interface Place {
  readonly conversationId: ConversationId
  readonly at: Millis
  readonly rev: number
}

/** What is kept in place of an event about somebody who was deleted: that somebody is gone, and not who. */
export function nobodyLeft({ conversationId, at, rev }: Place): EventOf<'member.left'> {
  return { type: 'member.left', conversationId, at, rev, userId: DELETED_USER, name: '', reason: 'left' }
}
