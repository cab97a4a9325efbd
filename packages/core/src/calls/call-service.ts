import type { Caller, SessionCaller } from '../caller.ts'
import type { ConversationState, Member } from '../conversations/conversation.ts'
import { createKeyedQueue } from '../conversations/keyed-queue.ts'
import type { CallCommands } from '../core.ts'
import type { SetDeadline } from '../deadlines/deadline-runner.ts'
import type { DeadlineHandlers } from '../deadlines/handle-by-kind.ts'
import { startSweep } from '../deadlines/start-sweep.ts'
import { DomainError } from '../errors.ts'
import type { CallEvent } from '../events.ts'
import type { ConversationId, SessionId, UserId } from '../ids.ts'
import type { CoreOptions } from '../options.ts'
import type { CorePorts } from '../ports/core-ports.ts'
import type { Deadline } from '../ports/deadline-store.ts'
import type { ConnectionWatcher } from '../presence/status-service.ts'
import type { Call, CallParty } from './call.ts'
import { goneDeadline, parseCallKey, ringDeadline } from './call-deadlines.ts'
import { inState, partyOf, partyOn, toAllDevices, toDevices } from './call-decision.ts'
import { callRefusals } from './call-refusals.ts'
import { createChangeCall } from './change-call.ts'
import {
  decideAnswer,
  decideGone,
  decideHangUp,
  decideReject,
  decideRemoval,
  decideRingAgain,
  decideRingTimeout,
  decideStart,
  decideWatch,
} from './decide-call.ts'
import { missedOfShown, missedOfUnknown } from './missed-of-calls.ts'
import { createTellCall } from './tell-call.ts'

/** More than this many people are not rung at once. */
const MAX_CALLEES = 200
/** How often starting a call is tried when one ends in the same chat at that moment. */
const MAX_ATTEMPTS = 10
const DAY_MS = 86_400_000
const PRUNE_EVERY_MS = 3_600_000

export interface CallService extends CallCommands, ConnectionWatcher {
  readonly deadlineHandlers: DeadlineHandlers
  /** Takes somebody who is no longer a member out of the conversation's call. */
  readonly dropMember: (conversationId: ConversationId, userId: UserId) => Promise<void>
  readonly close: () => void
}

type Ports = Pick<
  CorePorts,
  'calls' | 'conversations' | 'status' | 'notifications' | 'bus' | 'clock' | 'ids' | 'report'
>
type Options = Pick<CoreOptions, 'ringTimeoutMs' | 'callGraceMs' | 'runsTimers'>

/** Calls in chats, from the first ring to the end. */
export function createCallService(ports: Ports, options: Options, setDeadline: SetDeadline): CallService {
  const { calls, conversations, status, bus, clock, ids } = ports
  const tell = createTellCall(ports)
  const change = createChangeCall(ports, options, setDeadline, tell)
  const enqueue = createKeyedQueue()

  const initiateCall: CallCommands['initiateCall'] = async (caller, { conversationId, media, offer }) => {
    const { state, self } = await requireChat(caller, conversationId)
    // Within this node the second of two that cross finds the call of the first.
    return enqueue(conversationId, async () => {
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
        const open = await calls.openIn(conversationId)
        const call =
          open === null ? await start(caller, state, self, media, offer) : await joinIfOpen(caller, self, open)
        if (call !== null) return call
      }
      throw callRefusals.busy()
    })
  }

  /** `null` when somebody else started one meanwhile. */
  async function start(
    { userId, sessionId }: SessionCaller,
    state: ConversationState,
    self: Member,
    media: Call['media'],
    offer: unknown,
  ): Promise<Call | null> {
    const others = [...state.members.values()].filter((member) => member.userId !== userId)
    if (others.length === 0) throw callRefusals.nobody()
    if (others.length > MAX_CALLEES) throw callRefusals.tooMany(MAX_CALLEES)
    const callees = await Promise.all(
      others.map(async ({ userId, name }) => ({ userId, name, isBusy: await isInCall(userId) })),
    )
    const now = clock.now()
    const conversationId = state.conversation.id
    const caller = { userId, sessionId, name: self.name }
    const decision = decideStart({ id: ids.callId(), conversationId, media, offer, caller, callees }, now)
    const { id } = decision.call
    if (decision.call.state === 'ringing') {
      await setDeadline(ringDeadline(id, now + options.ringTimeoutMs))
      await setDeadline(goneDeadline(id, sessionId, now + options.callGraceMs))
    }
    if ((await calls.create(decision.call)) === 'exists') return null
    await tell(decision)
    return decision.call
  }

  /** `null` when it is over. */
  async function joinIfOpen(caller: SessionCaller, self: Member, open: Call): Promise<Call | null> {
    try {
      return await join(caller, self, open.id, null)
    } catch (error) {
      if (error instanceof DomainError && error.code === 'CALL_NOT_FOUND') return null
      throw error
    }
  }

  function join({ userId, sessionId }: SessionCaller, { name }: Member, callId: string, answer: unknown) {
    return change(callId, async (call, now) => {
      const other = partyOf(call, userId)?.sessionId ?? null
      const isElsewhere = other !== null && other !== sessionId && (await isConnected(userId, other))
      return decideAnswer(call, { userId, sessionId, name, answer, isElsewhere }, now)
    })
  }

  const answerCall: CallCommands['answerCall'] = async (caller, { callId, answer }) => {
    const call = await calls.load(callId)
    if (call === null) throw callRefusals.notFound()
    const state = await conversations.load(call.conversationId)
    const self = state?.members.get(caller.userId)
    if (self === undefined) throw callRefusals.notFound()
    return join(caller, self, callId, answer ?? null)
  }

  const rejectCall: CallCommands['rejectCall'] = async ({ userId, sessionId }, { callId, reason }) => {
    await change(callId, (call, now) => decideReject(call, { userId, sessionId, reason }, now))
  }

  const endCall: CallCommands['endCall'] = async ({ userId, sessionId }, { callId }) => {
    await change(callId, (call, now) => decideHangUp(call, { userId, sessionId }, now))
  }

  const missedCalls: CallCommands['missedCalls'] = async (caller, shown) => {
    const open = new Map((await calls.openOf(caller.userId)).map((call) => [call.id, call]))
    const missed: CallEvent[] = []
    for (const call of shown) {
      const now = open.get(call.id) ?? (await calls.load(call.id))
      open.delete(call.id)
      missed.push(...missedOfShown(call, now, caller, clock.now()))
    }
    for (const call of open.values()) missed.push(...missedOfUnknown(call, caller, clock.now()))
    return missed
  }

  const relayCandidate: CallCommands['relayCandidate'] = async (caller, { callId, candidate, to }) => {
    const call = await calls.load(callId)
    const self = call && partyOf(call, caller.userId)
    if (!call || !self || call.state === 'ended' || !isTakingPart(self)) throw callRefusals.notFound()
    if (to !== null && partyOf(call, to) === undefined) throw callRefusals.noSuchParty()
    const event = { type: 'call.candidate', at: clock.now(), callId, fromId: caller.userId, candidate } as const
    const isMeant = ({ userId }: { userId: UserId }) => (to === null ? userId !== caller.userId : userId === to)
    const ringing = inState(call, 'ringing').filter(isMeant)
    const told = [
      ...toDevices(inState(call, 'joined').filter(isMeant), event),
      // Nobody knows yet which of their devices will answer.
      ...toAllDevices(
        ringing.map(({ userId }) => userId),
        event,
      ),
    ]
    for (const addressed of told) bus.publishToUsers(addressed)
  }

  /** The caller's place in a chat. Throws `CONVERSATION_NOT_FOUND` for those who have none, `FORBIDDEN` for rooms. */
  async function requireChat({ userId }: Caller, conversationId: ConversationId) {
    const state = await conversations.load(conversationId)
    const self = state?.members.get(userId)
    if (!state || !self) throw callRefusals.noChat()
    if (state.conversation.kind === 'room') throw callRefusals.onlyChats()
    return { state, self }
  }

  function isConnected(userId: UserId, sessionId: SessionId): Promise<boolean> {
    return status.has({ userId, sessionId }, clock.now())
  }

  async function isInCall(userId: UserId): Promise<boolean> {
    for (const call of await calls.openOf(userId)) {
      const party = partyOf(call, userId)
      if (party?.sessionId && (await isConnected(userId, party.sessionId))) return true
    }
    return false
  }

  /** Whoever comes while it rings is rung. */
  async function connected(caller: SessionCaller): Promise<void> {
    for (const { id } of await calls.openOf(caller.userId)) {
      await change(id, (call, now) => decideRingAgain(call, caller, now))
    }
  }

  async function disconnected({ userId, sessionId }: SessionCaller): Promise<void> {
    for (const call of await calls.openOf(userId)) {
      if (partyOn(call, sessionId)) await change(call.id, (current, now) => decideGone(current, sessionId, now))
    }
  }

  async function dropMember(conversationId: ConversationId, userId: UserId): Promise<void> {
    const open = await calls.openIn(conversationId)
    if (open) await changeIfThere(open.id, (call, now) => decideRemoval(call, userId, now))
  }

  async function stopRinging({ key }: Deadline): Promise<void> {
    await changeIfThere(parseCallKey(key).callId, decideRingTimeout)
  }

  async function watch({ key }: Deadline): Promise<void> {
    const { callId, sessionId } = parseCallKey(key)
    const call = await changeIfThere(callId, async (current, now) => {
      const party = partyOn(current, sessionId)
      const isThere = party !== undefined && (await isConnected(party.userId, sessionId))
      return decideWatch(current, { sessionId, isConnected: isThere, graceMs: options.callGraceMs }, now)
    })
    // Still in it: looked after again, also by another process if this one dies.
    if (call !== null && partyOn(call, sessionId)) {
      await setDeadline(goneDeadline(callId, sessionId, clock.now() + options.callGraceMs))
    }
  }

  /** `null` when the call was forgotten. */
  async function changeIfThere(id: string, decide: Parameters<typeof change>[1]): Promise<Call | null> {
    return (await calls.load(id)) === null ? null : change(id, decide)
  }

  const stopPruning = options.runsTimers
    ? startSweep(ports, PRUNE_EVERY_MS, () => calls.prune(clock.now() - DAY_MS))
    : () => undefined

  return {
    initiateCall,
    answerCall,
    rejectCall,
    endCall,
    missedCalls,
    relayCandidate,
    connected,
    disconnected,
    dropMember,
    deadlineHandlers: { ring: stopRinging, gone: watch },
    close: stopPruning,
  }
}

/** Whoever is out of a call, or was taken out of its chat, says nothing more in it. */
const isTakingPart = ({ state }: CallParty): boolean => state === 'joined' || state === 'ringing'
