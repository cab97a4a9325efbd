import type { SessionCaller } from '../caller.ts'
import { DomainError, isUnavailable } from '../errors.ts'
import type { ConversationId } from '../ids.ts'

type Session = Pick<SessionCaller, 'sessionId'>

/** More are not remembered: the oldest are forgotten first. */
const MAX_NAMES = 50_000

/** The names under which people came into conversations on this node, for when the store can't be read. */
export interface NamesHere {
  learn(conversationId: ConversationId, session: Session, name: string): void
  forget(conversationId: ConversationId, session: Session): void
  /** What `read` gives. While the store is away: the name under which the session came in; else throws what `read` throws. */
  nameOf(conversationId: ConversationId, session: Session, read: () => Promise<string>): Promise<string>
}

/** While nothing can be stored nobody is removed either: who came in before is in. */
export function createNamesHere(): NamesHere {
  const names = new Map<string, string>()
  const keyOf = (conversationId: ConversationId, { sessionId }: Session): string => `${sessionId} ${conversationId}`

  return {
    learn(conversationId, session, name) {
      names.set(keyOf(conversationId, session), name)
      const [oldest] = names.size > MAX_NAMES ? names.keys() : []
      if (oldest !== undefined) names.delete(oldest)
    },
    forget(conversationId, session) {
      names.delete(keyOf(conversationId, session))
    },
    async nameOf(conversationId, session, read) {
      const key = keyOf(conversationId, session)
      try {
        return await read()
      } catch (error) {
        const name = names.get(key)
        if (!(error instanceof DomainError)) throw error
        if (isUnavailable(error) && name !== undefined) return name
        names.delete(key)
        throw error
      }
    },
  }
}
