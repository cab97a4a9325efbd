import type { Message, UserId } from '@parley/core'

type Reactions = Message['reactions']

/** The reactions with this one on or off; the same object when that is how they stand. */
export function withReaction(reactions: Reactions, emoji: string, userId: UserId, on: boolean): Reactions {
  // An own property only: an "emoji" may not reach the prototype.
  const users = Object.hasOwn(reactions, emoji) ? (reactions[emoji] ?? []) : []
  if (users.includes(userId) === on) return reactions
  if (on) return { ...reactions, [emoji]: [...users, userId] }
  const remaining = users.filter((id) => id !== userId)
  if (remaining.length > 0) return { ...reactions, [emoji]: remaining }
  const { [emoji]: _none, ...others } = reactions
  return others
}

/** The message without anything that this user reacted with; the same object when there is nothing. */
export function withoutReactionsOf<T extends Pick<Message, 'reactions'>>(message: T, userId: UserId): T {
  let { reactions } = message
  for (const emoji of Object.keys(reactions)) reactions = withReaction(reactions, emoji, userId, false)
  return reactions === message.reactions ? message : { ...message, reactions }
}
