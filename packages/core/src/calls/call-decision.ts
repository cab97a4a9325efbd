import type { Addressed, UserEvent } from '../events.ts'
import type { Millis, SessionId, UserId } from '../ids.ts'
import type { Call, CallEndReason, CallParty, CallPartyState } from './call.ts'

/** What a rule decided about a call. */
export interface CallDecision {
  /** The call to be stored; the very object that was given when nothing changes. */
  readonly call: Call
  /** Events to be told once it is stored. */
  readonly tell: readonly Addressed[]
  /** Those who find that they missed a call. */
  readonly missed: readonly UserId[]
}

/** The call, changed or not, and nobody hears of it. */
export function quietly(call: Call): CallDecision {
  return { call, tell: [], missed: [] }
}

export function inState(call: Call, state: CallPartyState): CallParty[] {
  return call.parties.filter((party) => party.state === state)
}

export function partyOf(call: Call, userId: UserId): CallParty | undefined {
  return call.parties.find((party) => party.userId === userId)
}

/** The party that is in the call with this device. */
export function partyOn(call: Call, sessionId: SessionId): CallParty | undefined {
  return call.parties.find((party) => party.state === 'joined' && party.sessionId === sessionId)
}

/** The call's next version, with these parties in place of theirs of before; a new one comes last. */
export function withParties(call: Call, ...changed: readonly CallParty[]): Call {
  const byId = new Map([...call.parties, ...changed].map((party) => [party.userId, party]))
  return { ...call, parties: [...byId.values()], version: call.version + 1 }
}

/** A party that is not, or no more, in the call. */
export function outOf(party: CallParty, state: Exclude<CallPartyState, 'joined' | 'ringing'>): CallParty {
  return { ...party, state, sessionId: null, goneSince: null }
}

/** The call goes on with whom is left in it, or it is over, for `reason`. */
export function conclude(call: Call, reason: CallEndReason, now: Millis): CallDecision {
  const joined = inState(call, 'joined')
  const ringing = inState(call, 'ringing')
  if (joined.length > 0 && joined.length + ringing.length > 1) return quietly(call)
  const parties = [...joined.map((party) => outOf(party, 'left')), ...ringing.map((party) => outOf(party, 'missed'))]
  const { version } = call
  const ended: Call = { ...withParties(call, ...parties), version, state: 'ended', endedAt: now, endReason: reason }
  const missed = ringing.map(({ userId }) => userId)
  const end = endedEvent(call, reason, now)
  return { call: ended, tell: [...toDevices(joined, end), ...toAllDevices(missed, end)], missed }
}

/** What `decision` tells, and before it `tell`. */
export function tellingFirst(tell: readonly Addressed[], decision: CallDecision): CallDecision {
  return { ...decision, tell: [...tell, ...decision.tell] }
}

/** Those who stay in the call hear that somebody is not in it; when it is over they hear that instead. */
export function tellingWhoIsOut(
  userId: UserId,
  reason: string | null,
  now: Millis,
  decision: CallDecision,
): CallDecision {
  const { call } = decision
  if (call.state === 'ended') return decision
  const event: UserEvent = { type: 'call.rejected', at: now, call, userId, reason }
  return tellingFirst(toDevices(inState(call, 'joined'), event), decision)
}

export function endedEvent({ id, conversationId }: Call, reason: CallEndReason, at: Millis): UserEvent {
  return { type: 'call.ended', at, callId: id, conversationId, reason }
}

/** Addresses an event to the devices that these parties are in the call with. */
export function toDevices(parties: readonly CallParty[], event: UserEvent): Addressed[] {
  return parties.map(({ userId, sessionId }) => ({
    event,
    userIds: [userId],
    onlySession: sessionId,
    exceptSession: null,
  }))
}

/** Addresses an event to all devices of these users but the one that caused it. */
export function toAllDevices(
  userIds: readonly UserId[],
  event: UserEvent,
  exceptSession: SessionId | null = null,
): Addressed[] {
  return userIds.length === 0 ? [] : [{ event, userIds, onlySession: null, exceptSession }]
}
