import type { SessionCaller } from '../caller.ts'
import type { Core, Entered } from '../core.ts'
import { isGone, isUnavailable } from '../errors.ts'
import type { DurableEvent } from '../events.ts'
import type { ConversationId } from '../ids.ts'
import type { TypingService } from '../messages/typing-service.ts'
import type { CoreOptions } from '../options.ts'
import type { CorePorts } from '../ports/core-ports.ts'
import type { Lease } from '../ports/presence-store.ts'
import type { LeaseTrust } from '../presence/lease-trust.ts'
import type { VoiceService } from '../voice/voice-service.ts'
import type { ChangeConversation } from './change-conversation.ts'
import type { ConversationState, Position } from './conversation.ts'
import { decideExit, decideLeave } from './decide-departure.ts'
import { decideJoin } from './decide-join.ts'
import { decideLeaveChat } from './decide-membership.ts'
import { NOTHING } from './decision.ts'
import type { FindRoom } from './find-room.ts'
import type { KnownConversations } from './known-conversations.ts'
import { type ViewMembers, viewMembersUnseen } from './member-views.ts'
import type { NamesHere } from './names-here.ts'
import { refusals } from './refusals.ts'
import { isModerating } from './rights.ts'
import { isRoomId } from './room-id.ts'
import { readSnapshot, viewPreview } from './snapshot.ts'

export type EntryService = Pick<Core, 'enter' | 'exit' | 'leave' | 'displace' | 'renew'> & {
  /** Takes note that the last session of somebody is gone. */
  readonly markAbsent: (conversationId: ConversationId, userId: string) => Promise<void>
}

/** An entry without what is known of the session alone. */
type Description = Omit<Extract<Entered, { readonly status: 'entered' }>, 'isFurther'>

/** By then whoever was told that somebody is gone has acted on it, or never will. */
const SAID_AGAIN_MS = 10_000

/** What the service stands on besides the ports. */
interface Parts {
  readonly change: ChangeConversation
  readonly findRoom: FindRoom
  readonly known: KnownConversations
  readonly viewMembers: ViewMembers
  readonly typing: TypingService
  readonly names: NamesHere
  readonly voice: Pick<VoiceService, 'sessionGone' | 'renewing'>
  readonly trust: Pick<LeaseTrust, 'doubt'>
}

/** Sessions coming into conversations and going out of them. */
export function createEntryService(ports: CorePorts, options: CoreOptions, parts: Parts): EntryService {
  const { conversations, messages, presence, receipts, bus, clock, report } = ports
  const { change, findRoom, known, viewMembers, typing, names, voice, trust } = parts
  const leaseEnd = () => clock.now() + options.presenceLeaseMs
  const saidAgainAt = () => clock.now() + SAID_AGAIN_MS

  const enter: Core['enter'] = async (caller, input) => {
    const found = await findRoom(input.conversationId, input.address, caller)
    const { id, kind } = found.conversation
    if (kind !== 'room') return enterChat(caller, found, input.since)
    const { decision, state, isFurther } = await comeIn(caller, id, input.name)
    if (decision.outcome === 'waiting') return { status: 'waiting', preview: viewPreview(state, options) }
    const entered = await describeEntry(state, caller.userId, input.since)
    names.learn(id, caller, entered.self.name)
    return { ...entered, isFurther }
  }

  async function comeIn(caller: SessionCaller, id: ConversationId, name: string | null) {
    const request = {
      userId: caller.userId,
      name: name ?? caller.name,
      namePath: 'name',
      hasPassword: caller.room === id,
      isPresent: true,
    }
    const lease: Lease = { conversationId: id, userId: caller.userId, sessionId: caller.sessionId }
    let lettingIn: Promise<{ readonly first: boolean }> | null = null
    let isFurther = false
    try {
      const changed = await change(id, async (state, now) => {
        const decision = decideJoin(state, request, now, options)
        lettingIn ??= presence.enter(lease, leaseEnd(), state.conversation.expiresAt)
        const { first } = await lettingIn
        isFurther = !first
        // A first session always makes a new version: an exit being decided at this moment then looks again.
        return first && decision.write === null ? { ...decision, write: { events: [] } } : decision
      })
      return { ...changed, isFurther }
    } catch (error) {
      if (lettingIn !== null) await presence.leave(lease, saidAgainAt())
      throw error
    }
  }

  /** Members come and go as they like: nothing but the lease of the session says that they look at it. */
  async function enterChat(caller: SessionCaller, state: ConversationState, since: Position | null): Promise<Entered> {
    const { id } = state.conversation
    const lease: Lease = { conversationId: id, userId: caller.userId, sessionId: caller.sessionId }
    // First, so that nobody is here who could not be answered.
    const entered = await describeEntry(state, caller.userId, since)
    const { first } = await presence.enter(lease, leaseEnd(), null)
    const member = state.members.get(caller.userId)
    if (member) names.learn(id, caller, member.name)
    if (first && member) tellAttendance(caller, id, member.name, true)
    return { ...entered, isFurther: !first }
  }

  function tellAttendance(caller: SessionCaller, id: ConversationId, name: string, isHere: boolean): void {
    const { userId, sessionId } = caller
    bus.publish({
      event: { type: 'attendance.changed', conversationId: id, at: clock.now(), userId, name, isHere },
      audience: { kind: 'topic' },
      exceptSession: sessionId,
    })
  }

  async function describeEntry(state: ConversationState, userId: string, since: Position | null): Promise<Description> {
    const self = state.members.get(userId)
    if (!self) throw refusals.stranger(state.conversation.kind)
    const isRoom = state.conversation.kind === 'room'
    // Who is in a room stands in its state: nobody has to be asked.
    const isTold = isRoom || state.members.size <= options.presenceMaxMembers
    const [members, cursors, missed] = await Promise.all([
      isTold ? viewMembers(state) : viewMembersUnseen(state),
      receipts.cursors(state.conversation.id),
      since ? readMissed(state, since) : null,
    ])
    const snapshot = await readSnapshot(state, members, messages, options)
    const { waiting } = state.conversation
    return {
      status: 'entered',
      self,
      snapshot,
      recovered: missed !== null,
      missed: missed ?? [],
      cursors,
      knocking: isModerating(self.role) ? waiting.map(({ userId, name }) => ({ userId, name })) : [],
    }
  }

  /** Up to the snapshot's position, so that both end at the same place. */
  async function readMissed(state: ConversationState, since: Position): Promise<readonly DurableEvent[] | null> {
    const changes = await conversations.changesSince(state.conversation.id, since, options.recoveryMaxBytes)
    return changes?.filter((event) => event.rev <= state.rev) ?? null
  }

  const exit: Core['exit'] = async (caller, conversationId, departure = 'goes') => {
    const id = await known.resolve(conversationId)
    typing.stopSession(id, caller)
    names.forget(id, caller)
    await voice.sessionGone(caller, id, departure)
    const lease: Lease = { conversationId: id, userId: caller.userId, sessionId: caller.sessionId }
    if (departure === 'moves') {
      // It ends by itself: by then another one is there, or its user is gone.
      await presence.renew([lease], clock.now() + options.moveGraceMs)
      return
    }
    // In a room somebody has to be shown as gone: should that fail below, the sweep does it.
    const { last } = await presence.leave(lease, isRoomId(id) ? saidAgainAt() : null)
    if (!last) return
    if ((await known.look(id))?.kind === 'room') return markAbsent(id, caller.userId)
    const state = await conversations.load(id)
    const member = state?.members.get(caller.userId)
    // That a former member is gone was told when they ceased to be one.
    if (state?.conversation.kind !== 'room' && member) tellAttendance(caller, id, member.name, false)
  }

  async function markAbsent(id: ConversationId, userId: string): Promise<void> {
    // In a conversation that lasts nobody loses anything by not looking at it.
    if (!isRoomId(id)) return
    try {
      await change(id, async (state, now) => {
        if (state.conversation.kind !== 'room') return NOTHING
        const sessions = await presence.sessions(id, userId, now)
        return sessions.length > 0 ? NOTHING : decideExit(state, userId, now, options)
      })
    } catch (error) {
      if (!isGone(error)) throw error
    }
  }

  const leave: Core['leave'] = async (caller, conversationId) => {
    const id = await known.resolve(conversationId)
    typing.stop(id, caller.userId)
    try {
      await change(id, (state, now) => {
        if (state.conversation.kind === 'room') return decideLeave(state, caller.userId, now, options)
        if (!state.members.has(caller.userId)) return NOTHING
        const decision = decideLeaveChat(state, caller.userId, now)
        // The session that leaves knows.
        const exceptSession = caller.sessionId ?? null
        return { ...decision, tell: decision.tell.map((published) => ({ ...published, exceptSession })) }
      })
    } catch (error) {
      // There or not, the caller is not in it: a stranger learns nothing by leaving.
      if (!isGone(error)) throw error
    }
  }

  const displace: Core['displace'] = async ({ userId }, conversationId, choose) => {
    const id = await known.resolve(conversationId)
    const now = clock.now()
    const sessionIds = choose(await presence.sessions(id, userId, now))
    if (sessionIds.length === 0) return
    const event = { type: 'session.displaced', conversationId: id, at: now } as const
    bus.publish({ event, audience: { kind: 'sessions', sessionIds }, exceptSession: null })
  }

  /** Those who may have been taken for gone, and are still to be brought back. */
  const revived = new Map<string, Lease>()

  const renew: Core['renew'] = async (entries) => {
    try {
      await voice.renewing(async () => {
        const ended = await presence.renew(entries, leaseEnd())
        for (const lease of ended) revived.set(`${lease.conversationId}\n${lease.userId}`, lease)
        return ended
      })
      for (const [key, lease] of [...revived]) {
        await revive(lease).catch((error) => {
          if (isUnavailable(error)) throw error
          report?.(error)
        })
        revived.delete(key)
      }
    } catch (error) {
      trust.doubt()
      throw error
    }
  }

  /** Brings back somebody who was taken for gone while their session lived, as when this node stood still. */
  async function revive({ conversationId, userId }: Lease): Promise<void> {
    if (!isRoomId(conversationId)) return
    const request = { userId, name: '', namePath: 'name', hasPassword: false, isPresent: true }
    try {
      await change(conversationId, async (state, now) => {
        if (state.conversation.kind !== 'room' || !state.members.has(userId)) return NOTHING
        // Their session may have gone before they could be brought back.
        const sessions = await presence.sessions(conversationId, userId, now)
        return sessions.length > 0 ? decideJoin(state, request, now, options) : NOTHING
      })
    } catch (error) {
      if (!isGone(error)) throw error
    }
  }

  return { enter, exit, leave, displace, renew, markAbsent }
}
