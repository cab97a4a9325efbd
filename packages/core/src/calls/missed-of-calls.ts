import type { SessionCaller } from '../caller.ts'
import type { CallEvent } from '../events.ts'
import type { Millis } from '../ids.ts'
import type { Call, CallEndReason, CallParty } from './call.ts'
import { partyOf } from './call-decision.ts'
import { ringingEvent } from './decide-call.ts'

type Device = Pick<SessionCaller, 'userId' | 'sessionId'>

/** What a device is told that was told last of `shown`: of a call as it is `now`, `null` when it was forgotten. */
export function missedOfShown(shown: Call, now: Call | null, device: Device, at: Millis): CallEvent[] {
  const { userId, sessionId } = device
  const self = now && partyOf(now, userId)
  if (!now || !self || isOut(now, self) || (self.state === 'joined' && self.sessionId !== sessionId)) {
    const { id: callId, conversationId } = shown
    return [{ type: 'call.ended', at, callId, conversationId, reason: endOf(now, self ?? null) }]
  }
  // Whoever is only being called is told of the others when they answer.
  if (self.state === 'ringing') return []
  return now.parties.flatMap((party): CallEvent[] => {
    const before = partyOf(shown, party.userId)
    if (party.userId === userId || (before?.state === party.state && before.sessionId === party.sessionId)) return []
    const about = { at, call: now, userId: party.userId }
    if (party.state === 'ringing') return []
    // What their device answered was for the moment, and is kept nowhere.
    if (party.state === 'joined') return [{ type: 'call.answered', ...about, answer: null }]
    return [{ type: 'call.rejected', ...about, reason: party.state }]
  })
}

/** What a device is told of an open call that it was told nothing of. */
export function missedOfUnknown(call: Call, { userId }: Device, at: Millis): CallEvent[] {
  return partyOf(call, userId)?.state === 'ringing' ? [ringingEvent(call, at)] : []
}

const isOut = (call: Call, { state }: CallParty): boolean =>
  call.state === 'ended' || (state !== 'ringing' && state !== 'joined')

function endOf(call: Call | null, self: CallParty | null): CallEndReason {
  if (call === null || self === null) return 'failed'
  if (call.state === 'ended') return call.endReason ?? 'failed'
  switch (self.state) {
    case 'joined':
      return 'answered-elsewhere'
    case 'rejected':
    case 'busy':
      return self.state
    case 'missed':
      return 'timeout'
    default:
      return 'hangup'
  }
}
