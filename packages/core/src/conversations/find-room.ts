import type { Caller } from '../caller.ts'
import type { CorePorts } from '../ports/core-ports.ts'
import { requireOpen } from './change-conversation.ts'
import type { ConversationState } from './conversation.ts'
import type { KnownConversations } from './known-conversations.ts'
import { refusals } from './refusals.ts'
import { isRoomId } from './room-id.ts'

/**
 * Looks up a conversation by the id that a person typed: a room for anybody, one that lasts for its members; to
 * others it is not there. Every miss with what could be a room's id counts against their address, and an address
 * with too many is refused before the next look. Only a caller whose token is for this very room does not guess:
 * a crowd that comes back after a restart is not locked out.
 * Throws `RATE_LIMITED`, `CONVERSATION_NOT_FOUND`, `ROOM_EXPIRED`.
 */
export type FindRoom = (typedId: string, address: string, caller: Caller | null) => Promise<ConversationState>

export function createFindRoom(
  { conversations, limiter, clock }: Pick<CorePorts, 'conversations' | 'limiter' | 'clock'>,
  known: KnownConversations,
): FindRoom {
  return async (typedId, address, caller) => {
    const id = await known.resolve(typedId)
    if (caller?.room === id) return requireOpen(await conversations.load(id), clock.now())
    const [guesses, state] = await Promise.all([limiter.peek('roomGuess', address), conversations.load(id)])
    const isRoom = state?.conversation.kind === 'room'
    if (state && !isRoom && caller && state.members.has(caller.userId)) return state
    if (!isRoomId(id)) throw refusals.notFound()
    if (!guesses.allowed) throw refusals.tooMany(guesses.retryAfterMs)
    if (isRoom) return requireOpen(state, clock.now())
    await limiter.take('roomGuess', address)
    throw refusals.notFound()
  }
}
