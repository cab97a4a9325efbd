import type { ConversationId, Millis, SessionId, UserId } from '../ids.ts'
import type { Call, CallId, CallMedia, CallParty } from './call.ts'
import {
  type CallDecision,
  conclude,
  endedEvent,
  inState,
  outOf,
  partyOf,
  partyOn,
  quietly,
  tellingFirst,
  tellingWhoIsOut,
  toAllDevices,
  toDevices,
  withParties,
} from './call-decision.ts'
import { callRefusals } from './call-refusals.ts'

/** A device of somebody who does something in a call. */
interface Device {
  readonly userId: UserId
  readonly sessionId: SessionId
}

interface Start {
  readonly id: CallId
  readonly conversationId: ConversationId
  readonly media: CallMedia
  readonly offer: unknown
  readonly caller: Device & { readonly name: string }
  readonly callees: readonly { readonly userId: UserId; readonly name: string; readonly isBusy: boolean }[]
}

/** A new call, which rings on all devices of those who are in no other one. When nobody is left to ring, it is over at once. */
export function decideStart(start: Start, now: Millis): CallDecision {
  const { caller, callees, ...rest } = start
  const parties: CallParty[] = [
    { userId: caller.userId, name: caller.name, state: 'joined', sessionId: caller.sessionId, goneSince: null },
    ...callees.map(({ userId, name, isBusy }): CallParty => {
      return { userId, name, state: isBusy ? 'busy' : 'ringing', sessionId: null, goneSince: null }
    }),
  ]
  const call: Call = {
    ...rest,
    callerId: caller.userId,
    state: 'ringing',
    parties,
    createdAt: now,
    answeredAt: null,
    endedAt: null,
    endReason: null,
    version: 0,
  }
  const { call: started } = conclude(call, 'busy', now)
  const ringing = inState(started, 'ringing').map(({ userId }) => userId)
  return {
    call: started,
    // The caller has it from the answer, be it over or not.
    tell: toAllDevices(ringing, ringingEvent(started, now)),
    missed: inState(started, 'busy').map(({ userId }) => userId),
  }
}

/** A device that comes while the user is being called rings too. */
export function decideRingAgain(call: Call, { userId, sessionId }: Device, now: Millis): CallDecision {
  if (partyOf(call, userId)?.state !== 'ringing') return quietly(call)
  const told = { event: ringingEvent(call, now), userIds: [userId], onlySession: sessionId, exceptSession: null }
  return tellingFirst([told], quietly(call))
}

export function ringingEvent(call: Call, at: Millis) {
  const name = partyOf(call, call.callerId)?.name ?? call.callerId
  return { type: 'call.ringing', at, call, from: { userId: call.callerId, name }, offer: call.offer } as const
}

/**
 * The device is in the call from now on: it answered, came back, or came late. The user's other devices stop
 * ringing. `isElsewhere`: the device with which they are in it is still connected, and stays the one.
 */
export function decideAnswer(
  call: Call,
  input: Device & { readonly name: string; readonly answer: unknown; readonly isElsewhere: boolean },
  now: Millis,
): CallDecision {
  if (call.state === 'ended') throw callRefusals.notFound()
  const { userId, name, sessionId, answer, isElsewhere } = input
  const before = partyOf(call, userId)
  const isAgain = before?.state === 'joined' && before.sessionId === sessionId
  if (isAgain && before.goneSince === null && answer === null) return quietly(call)
  if (before?.state === 'joined' && !isAgain && isElsewhere) throw callRefusals.elsewhere()
  const joined = withParties(call, { userId, name, state: 'joined', sessionId, goneSince: null })
  const isActive = inState(joined, 'joined').length > 1
  const next: Call = isActive ? { ...joined, state: 'active', answeredAt: call.answeredAt ?? now } : joined
  const others = inState(next, 'joined').filter((party) => party.userId !== userId)
  const stopped = before?.state === 'ringing' ? [userId] : []
  return {
    call: next,
    tell: [
      ...toDevices(others, { type: 'call.answered', at: now, call: next, userId, answer }),
      ...toAllDevices(stopped, endedEvent(call, 'answered-elsewhere', now), sessionId),
    ],
    missed: [],
  }
}

/** The user does not want to talk, on none of their devices. Harmless when they are not being called any more. */
export function decideReject(
  call: Call,
  { userId, sessionId, reason }: Device & { readonly reason: string | null },
  now: Millis,
): CallDecision {
  const party = partyOf(call, userId)
  if (party === undefined) throw callRefusals.notFound()
  if (party.state !== 'ringing') return quietly(call)
  const end = reason === 'busy' ? 'busy' : 'rejected'
  const next = withParties(call, outOf(party, end))
  const rejected = { type: 'call.rejected', at: now, call: next, userId, reason } as const
  const told = [
    ...toDevices(inState(next, 'joined'), rejected),
    ...toAllDevices([userId], endedEvent(call, end, now), sessionId),
  ]
  return { ...tellingFirst(told, conclude(next, end, now)), missed: end === 'busy' ? [userId] : [] }
}

/** The user hangs up, from whichever device. Whoever is only being called rejects. Harmless for those who are out. */
export function decideHangUp(call: Call, device: Device, now: Millis): CallDecision {
  const party = partyOf(call, device.userId)
  if (party === undefined) throw callRefusals.notFound()
  if (party.state === 'ringing') return decideReject(call, { ...device, reason: null }, now)
  if (party.state !== 'joined') return quietly(call)
  const next = withParties(call, outOf(party, 'left'))
  const itsDevice = party.sessionId === device.sessionId ? [] : toDevices([party], endedEvent(call, 'hangup', now))
  return tellingFirst(itsDevice, tellingWhoIsOut(party.userId, 'left', now, conclude(next, 'hangup', now)))
}

/** Whoever has not answered by now has missed the call. */
export function decideRingTimeout(call: Call, now: Millis): CallDecision {
  const ringing = inState(call, 'ringing')
  if (call.state === 'ended' || ringing.length === 0) return quietly(call)
  const missed = ringing.map(({ userId }) => userId)
  const next = withParties(call, ...ringing.map((party) => outOf(party, 'missed')))
  const concluded = missed.reduce(
    (decision, userId) => tellingWhoIsOut(userId, 'timeout', now, decision),
    conclude(next, 'timeout', now),
  )
  return { ...tellingFirst(toAllDevices(missed, endedEvent(call, 'timeout', now)), concluded), missed }
}

/** The device has lost its connection; for a while it may come back. */
export function decideGone(call: Call, sessionId: SessionId, now: Millis): CallDecision {
  const party = partyOn(call, sessionId)
  if (party === undefined || party.goneSince !== null) return quietly(call)
  return quietly(withParties(call, { ...party, goneSince: now }))
}

/** Looks after a device in the call: it is taken for gone, or found again, or has been gone for too long. */
export function decideWatch(
  call: Call,
  { sessionId, isConnected, graceMs }: { sessionId: SessionId; isConnected: boolean; graceMs: number },
  now: Millis,
): CallDecision {
  const party = partyOn(call, sessionId)
  if (party === undefined) return quietly(call)
  if (!isConnected && party.goneSince === null) return decideGone(call, sessionId, now)
  if (party.goneSince === null) return quietly(call)
  if (isConnected) return quietly(withParties(call, { ...party, goneSince: null }))
  if (now - party.goneSince < graceMs) return quietly(call)
  const next = withParties(call, outOf(party, 'left'))
  return tellingWhoIsOut(party.userId, 'failed', now, conclude(next, 'failed', now))
}

/** The user is not in the conversation any more. */
export function decideRemoval(call: Call, userId: UserId, now: Millis): CallDecision {
  const party = partyOf(call, userId)
  if (call.state === 'ended' || party === undefined) return quietly(call)
  const end = endedEvent(call, 'hangup', now)
  const told =
    party.state === 'joined' ? toDevices([party], end) : party.state === 'ringing' ? toAllDevices([userId], end) : []
  const next = withParties(call, outOf(party, 'left'))
  return tellingFirst(told, tellingWhoIsOut(userId, 'left', now, conclude(next, 'hangup', now)))
}
