import type { ConversationId, Millis } from '../ids.ts'
import type { CorePorts } from '../ports/core-ports.ts'
import type { ConversationKind, Member } from './conversation.ts'
import { normalizeRoomId } from './room-id.ts'

/** How many are remembered, and for how long: what is remembered hardly ever changes, and a wrong memory does little harm. */
const MAX_KNOWN = 10_000
const KEEP_MS = 60_000

/** What does not change while a conversation is there. */
interface KnownConversation {
  readonly kind: ConversationKind
  /** The people of a direct conversation; `null` for others. */
  readonly pair: readonly Member[] | null
}

export interface KnownConversations {
  /** `null` when there is no such conversation. Costs a read now and then only. */
  look(id: ConversationId): Promise<KnownConversation | null>
  /** The id that a person meant: exactly this one if there is such a conversation, else a room's as people type it. */
  resolve(typed: string): Promise<ConversationId>
  /** Must be called when the conversation goes, or the people of a direct one change. */
  forget(id: ConversationId): void
}

/** What sending a message needs to know of its conversation, without reading all of it each time. */
export function createKnownConversations({
  conversations,
  clock,
}: Pick<CorePorts, 'conversations' | 'clock'>): KnownConversations {
  const known = new Map<ConversationId, KnownConversation & { readonly until: Millis }>()

  const look: KnownConversations['look'] = async (id) => {
    const remembered = known.get(id)
    if (remembered !== undefined && remembered.until > clock.now()) return remembered
    known.delete(id)
    const state = await conversations.load(id)
    if (state === null) return null
    const { kind } = state.conversation
    const found = { kind, pair: kind === 'direct' ? [...state.members.values()] : null, until: clock.now() + KEEP_MS }
    known.set(id, found)
    if (known.size > MAX_KNOWN) for (const oldest of [...known.keys()].slice(0, MAX_KNOWN / 2)) known.delete(oldest)
    return found
  }

  return {
    look,
    async resolve(typed) {
      const roomId = normalizeRoomId(typed)
      return roomId === typed || (await look(typed)) !== null ? typed : roomId
    },
    forget(id) {
      known.delete(id)
    },
  }
}
