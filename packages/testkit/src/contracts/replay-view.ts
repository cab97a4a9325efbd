import type { Conversation, ConversationState, DurableEvent, Member, Message, MessageId, UserId } from '@parley/core'

/** A conversation as somebody knows it who has only seen its durable events. */
export interface ReplayView {
  readonly rev: number
  readonly settings: Pick<Conversation, 'hostId' | 'isLocked' | 'expiresAt'>
  /** Those who have come in; without presence, which is not durable. */
  readonly members: ReadonlyMap<UserId, Omit<Member, 'absentSince' | 'hasEntered'>>
  /** In the order of their `seq`. */
  readonly messages: readonly Message[]
}

export function viewOfState(state: ConversationState, messages: readonly Message[]): ReplayView {
  const { hostId, isLocked, expiresAt } = state.conversation
  const entered = [...state.members.values()].filter(({ hasEntered }) => hasEntered)
  const members = new Map(entered.map((member) => [member.userId, withoutPresence(member)]))
  return { rev: state.rev, settings: { hostId, isLocked, expiresAt }, members, messages }
}

/** Applies events in order. Throws when one of them is missing. */
export function replay(before: ReplayView, events: readonly DurableEvent[]): ReplayView {
  let { rev, settings } = before
  const members = new Map(before.members)
  const messages = new Map<MessageId, Message>(before.messages.map((message) => [message.id, message]))

  const setRole = (userId: UserId, role: Member['role']): void => {
    const member = members.get(userId)
    // One who only holds a seat may get a role too; it is known when they come in.
    if (member) members.set(userId, { ...member, role })
  }

  for (const event of events) {
    if (event.rev !== rev + 1) throw new Error(`after rev ${rev} comes ${event.rev}`)
    rev = event.rev
    switch (event.type) {
      case 'message.sent':
      case 'message.edited':
      case 'message.deleted':
        messages.set(event.message.id, event.message)
        break
      case 'reaction.added':
      case 'reaction.removed': {
        const message = messages.get(event.messageId)
        if (!message) throw new Error(`rev ${rev} reacts to a message that was never sent`)
        messages.set(message.id, { ...message, rev, reactions: withReaction(message, event) })
        break
      }
      case 'member.joined':
        members.set(event.member.userId, withoutPresence(event.member))
        break
      case 'member.left':
        members.delete(event.userId)
        break
      case 'role.changed':
        setRole(event.userId, event.role)
        if (event.former) setRole(event.former.userId, event.former.role)
        settings = { ...settings, hostId: event.hostId }
        break
      case 'conversation.locked':
      case 'conversation.unlocked':
        settings = { ...settings, isLocked: event.type === 'conversation.locked' }
        break
      case 'conversation.extended':
        settings = { ...settings, expiresAt: event.expiresAt }
        break
    }
  }
  return { rev, settings, members, messages: [...messages.values()].sort((a, b) => a.seq - b.seq) }
}

function withoutPresence({ userId, name, role, joinedAt }: Member): Omit<Member, 'absentSince' | 'hasEntered'> {
  return { userId, name, role, joinedAt }
}

function withReaction(
  { reactions }: Message,
  event: Extract<DurableEvent, { readonly emoji: string }>,
): Message['reactions'] {
  const { [event.emoji]: reacted = [], ...others } = reactions
  const users =
    event.type === 'reaction.added' ? [...reacted, event.userId] : reacted.filter((userId) => userId !== event.userId)
  return users.length > 0 ? { ...others, [event.emoji]: users } : others
}
