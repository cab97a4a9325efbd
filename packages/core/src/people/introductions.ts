import type { Caller } from '../caller.ts'
import type { ChangeConversation } from '../conversations/change-conversation.ts'
import { memberName } from '../conversations/chat-rules.ts'
import { decideOwnName } from '../conversations/decide-membership.ts'
import type { KnownConversations } from '../conversations/known-conversations.ts'
import type { PersonCommands } from '../core.ts'
import { isGone } from '../errors.ts'
import type { ConversationId, UserId } from '../ids.ts'
import type { CorePorts } from '../ports/core-ports.ts'

/** How many people are remembered as introduced. One who is forgotten is introduced again: nothing changes by that. */
const MAX_REMEMBERED = 10_000
/** How many conversations a name is written to at a time: they are stored together. */
const AT_A_TIME = 20

export interface Introductions {
  /** Stores what the caller's token says of them; where nobody has named them, they go by that name from now on. */
  readonly introduce: PersonCommands['introduce']
  /** As `introduce`, and at no cost for somebody whom this process has introduced by that name before. */
  readonly introduceOnce: PersonCommands['introduce']
  readonly forget: (userId: UserId) => void
}

/**
 * Sites may say who is in a conversation without saying their names: these people are called by their id
 * until their own token names them.
 */
export function createIntroductions(
  { users, inbox, clock }: Pick<CorePorts, 'users' | 'inbox' | 'clock'>,
  change: ChangeConversation,
  known: Pick<KnownConversations, 'forget'>,
): Introductions {
  const introduced = new Map<UserId, string>()

  const introduce: PersonCommands['introduce'] = async (caller, { avatar, roles }) => {
    await users.put({ id: caller.userId, name: caller.name, avatar, roles }, clock.now())
    if (!isIntroduced(caller)) await nameWhereNobodyDid(caller)
    introduced.delete(caller.userId)
    introduced.set(caller.userId, caller.name)
    for (const oldest of introduced.keys()) {
      if (introduced.size <= MAX_REMEMBERED) break
      introduced.delete(oldest)
    }
  }

  const isIntroduced = ({ userId, name }: Caller): boolean => introduced.get(userId) === name

  async function nameWhereNobodyDid({ userId, name }: Caller): Promise<void> {
    const byId = memberName(userId, [])
    const byToken = memberName(userId, [name])
    if (byToken === byId) return
    const nameless = (await inbox.joinedSince(userId, 0)).filter((joined) => joined.name === byId)
    for (let at = 0; at < nameless.length; at += AT_A_TIME) {
      const some = nameless.slice(at, at + AT_A_TIME)
      await Promise.all(some.map(({ conversationId }) => nameIn(conversationId, userId, byToken)))
    }
  }

  async function nameIn(id: ConversationId, userId: UserId, name: string): Promise<void> {
    try {
      await change(id, (state) => decideOwnName(state, userId, name))
    } catch (error) {
      if (!isGone(error)) throw error
    }
    known.forget(id)
  }

  return {
    introduce,
    introduceOnce: async (caller, profile) => {
      if (!isIntroduced(caller)) await introduce(caller, profile)
    },
    forget: (userId) => void introduced.delete(userId),
  }
}
