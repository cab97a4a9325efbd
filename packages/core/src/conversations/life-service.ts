import type { Core } from '../core.ts'
import type { SetDeadline } from '../deadlines/deadline-runner.ts'
import type { DeadlineHandlers } from '../deadlines/handle-by-kind.ts'
import type { RoomEnder } from '../events.ts'
import type { ConversationId, UserId } from '../ids.ts'
import type { CoreOptions } from '../options.ts'
import type { CorePorts } from '../ports/core-ports.ts'
import type { Deadline } from '../ports/deadline-store.ts'
import { type ChangeConversation, requireOpen } from './change-conversation.ts'
import { decideAbsent, decideGrace } from './decide-departure.ts'
import { toAll } from './decision.ts'
import { refusals } from './refusals.ts'
import { requireHost } from './rights.ts'
import { deadlineKeys, lifeDeadlines, MINUTE_MS, parseDeadlineKey, ROOM_DEADLINE_KINDS } from './room-deadlines.ts'

export interface LifeService extends Pick<Core, 'endRoom'> {
  readonly deadlineHandlers: DeadlineHandlers
  /** Ends a room at once, whoever wishes it. */
  end(id: ConversationId, userIds: Iterable<UserId>, endedBy?: RoomEnder): Promise<void>
}

/** What happens to rooms by itself: warnings, the end, absent people and absent hosts. */
export function createLifeService(
  { conversations, presence, deadlines, bus, clock }: CorePorts,
  options: CoreOptions,
  change: ChangeConversation,
  setDeadline: SetDeadline,
  endVoice: (id: ConversationId) => Promise<void>,
): LifeService {
  async function handle({ key }: Deadline): Promise<void> {
    const due = parseDeadlineKey(key)
    if (!due) return
    const state = await conversations.load(due.conversationId)
    if (!state) return
    const { expiresAt } = state.conversation
    if (due.kind === 'expire') return expire(due.conversationId, expiresAt, state.members.keys())
    if (expiresAt !== null && expiresAt <= clock.now()) return
    if (due.kind === 'warn') return warn(due.conversationId, expiresAt, due.minutesLeft)
    if (due.kind === 'absent') return dropAbsent(due.conversationId, due.userId)
    await change(due.conversationId, (current, now) => decideGrace(current, now, options))
  }

  async function expire(id: ConversationId, expiresAt: number | null, userIds: Iterable<UserId>): Promise<void> {
    if (expiresAt === null) return
    const now = clock.now()
    if (expiresAt > now) {
      for (const deadline of lifeDeadlines(id, expiresAt, now)) await setDeadline(deadline)
      return
    }
    await end(id, userIds)
  }

  async function end(id: ConversationId, userIds: Iterable<UserId>, endedBy?: RoomEnder): Promise<void> {
    await conversations.delete(id)
    const at = clock.now()
    bus.publish(toAll({ type: 'conversation.expired', conversationId: id, at, ...(endedBy && { endedBy }) }))
    await endVoice(id)
    await presence.clear(id)
    await Promise.all(deadlineKeys(id, userIds).map((key) => deadlines.clear(key)))
  }

  const endRoom: Core['endRoom'] = async ({ userId }, conversationId) => {
    const state = requireOpen(await conversations.load(conversationId), clock.now())
    requireHost(state, userId)
    if (state.conversation.kind !== 'room') throw refusals.onlyRooms()
    await end(conversationId, state.members.keys(), 'host')
  }

  function warn(id: ConversationId, expiresAt: number | null, minutesLeft: number): void {
    const now = clock.now()
    if (expiresAt === null || expiresAt - now > minutesLeft * MINUTE_MS) return
    bus.publish(toAll({ type: 'conversation.expiring', conversationId: id, at: now, expiresAt, minutesLeft }))
  }

  async function dropAbsent(id: ConversationId, userId: UserId): Promise<void> {
    await change(id, async (state, now) => {
      const online = await presence.online(id, now)
      return decideAbsent(state, { userId, isOnline: online.has(userId) }, now, options)
    })
  }

  return { endRoom, end, deadlineHandlers: Object.fromEntries(ROOM_DEADLINE_KINDS.map((kind) => [kind, handle])) }
}
