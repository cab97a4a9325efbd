import type { SetDeadline } from '../deadlines/deadline-runner.ts'
import type { DurableEvent } from '../events.ts'
import type { ConversationId, Millis } from '../ids.ts'
import type { CorePorts } from '../ports/core-ports.ts'
import type { ConversationState } from './conversation.ts'
import { type Decision, toAllStored } from './decision.ts'
import { createKeyedQueue } from './keyed-queue.ts'
import type { KnownConversations } from './known-conversations.ts'
import { refusals } from './refusals.ts'

/** How often a change is decided anew when other nodes keep getting in first. */
const MAX_ATTEMPTS = 25

/**
 * Reads a conversation by the id that a person meant, lets `decide` decide, and stores what it decided if nothing else changed the state
 * meanwhile; otherwise decides again. Publishes what was stored, then what is to be told, then sees to what
 * follows from it for its people.
 * Throws `CONVERSATION_NOT_FOUND`, `ROOM_EXPIRED`, and what `decide` throws.
 */
export type ChangeConversation = <D extends Decision>(
  typedId: string,
  decide: (state: ConversationState, now: Millis) => D | Promise<D>,
) => Promise<{ readonly decision: D; readonly state: ConversationState }>

/** Sees to what follows from stored changes. Failures of it do not undo the change. */
export type FollowUp = (state: ConversationState, events: readonly DurableEvent[]) => Promise<void>

/** The state, while its time is not up. Throws `CONVERSATION_NOT_FOUND` and `ROOM_EXPIRED`. */
export function requireOpen(state: ConversationState | null, now: Millis): ConversationState {
  if (!state) throw refusals.notFound()
  const { expiresAt } = state.conversation
  if (expiresAt !== null && expiresAt <= now) throw refusals.expired()
  return state
}

export function createChangeConversation(
  { conversations, bus, clock, report }: Pick<CorePorts, 'conversations' | 'bus' | 'clock' | 'report'>,
  setDeadline: SetDeadline,
  known: KnownConversations,
  followUp: FollowUp,
): ChangeConversation {
  // One after another within this node: a crowd at the door would otherwise decide on the same version over and over.
  const enqueue = createKeyedQueue()

  return async (typedId, decide) => {
    const id = await known.resolve(typedId)
    return enqueue(id, async () => {
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
        const state = requireOpen(await conversations.load(id), clock.now())
        const decision = await decide(state, clock.now())
        for (const deadline of decision.arm) await setDeadline(deadline)
        if (decision.write === null) {
          for (const published of decision.tell) bus.publish(published)
          return { decision, state }
        }
        const appended = await conversations.appendState(id, { ...decision.write, ifVersion: state.version })
        if (appended.status === 'gone') throw refusals.notFound()
        if (appended.status === 'stale') continue
        // Published in the same turn as the append resolves, so that the order of the revs is kept.
        for (const event of appended.events) bus.publish(toAllStored(event, appended.state.epoch))
        for (const published of decision.tell) bus.publish(published)
        await follow(id, appended.state, appended.events)
        return { decision, state: appended.state }
      }
      throw refusals.busy()
    })
  }

  async function follow(id: ConversationId, state: ConversationState, events: readonly DurableEvent[]): Promise<void> {
    if (events.length === 0) return
    if (state.conversation.kind === 'direct') known.forget(id)
    try {
      await followUp(state, events)
    } catch (error) {
      report?.(error)
    }
  }
}
