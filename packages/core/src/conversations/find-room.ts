import type { Caller } from '../core.ts'
import type { CorePorts } from '../ports/core-ports.ts'
import { requireOpen } from './change-conversation.ts'
import type { ConversationState } from './conversation.ts'
import { refusals } from './refusals.ts'
import { normalizeRoomId } from './room-id.ts'

/**
 * Looks up a room by the id that a person typed, for somebody who need not be a member. Every miss counts
 * against their address, and an address with too many is refused before the next look. Only a caller whose
 * token is for this very room does not guess: a crowd that comes back after a restart is not locked out.
 * Throws `RATE_LIMITED`, `CONVERSATION_NOT_FOUND`, `ROOM_EXPIRED`.
 */
export type FindRoom = (typedId: string, address: string, caller: Caller | null) => Promise<ConversationState>

export function createFindRoom({
  conversations,
  limiter,
  clock,
}: Pick<CorePorts, 'conversations' | 'limiter' | 'clock'>): FindRoom {
  return async (typedId, address, caller) => {
    const id = normalizeRoomId(typedId)
    if (caller?.room === id) return requireOpen(await conversations.load(id), clock.now())
    const [guesses, state] = await Promise.all([limiter.peek('roomGuess', address), conversations.load(id)])
    if (!guesses.allowed) throw refusals.tooMany(guesses.retryAfterMs)
    if (!state) await limiter.take('roomGuess', address)
    return requireOpen(state, clock.now())
  }
}
