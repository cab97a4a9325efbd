import type { ErrorCode } from '@parley/protocol/constants'
import type { ChatPhase, FailureInfo } from './types.ts'

/** Phases that a chat never leaves, and what an action is told in each when nothing else is known. */
const FINAL: { readonly [P in ChatPhase]?: FailureInfo } = {
  refused: { code: 'FORBIDDEN', message: 'The host did not let you in.' },
  kicked: { code: 'KICKED', message: 'You were removed from this room.' },
  expired: { code: 'ROOM_EXPIRED', message: 'The time of this room is up.' },
  left: { code: 'NOT_IN_ROOM', message: 'You left this chat.' },
  failed: { code: 'NOT_IN_ROOM', message: 'This chat could not be joined.' },
}

/** Why nothing can be done in this phase; `null` while the chat goes on. */
export const finalReason = (phase: ChatPhase): FailureInfo | null => FINAL[phase] ?? null

/** What a refusal to join makes of a chat whose time, as far as we know, is up or not. */
export function phaseOfRefusal(code: ErrorCode, isTimeUp: boolean): ChatPhase {
  if (code === 'KICKED') return 'kicked'
  if (code === 'ROOM_EXPIRED') return 'expired'
  // Nothing of a room is left when its time was up, not even that it was.
  return isTimeUp && (code === 'ROOM_NOT_FOUND' || code === 'CONVERSATION_NOT_FOUND') ? 'expired' : 'failed'
}
