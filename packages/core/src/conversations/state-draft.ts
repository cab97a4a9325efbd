import type { UserId } from '../ids.ts'
import type { StateEvent, StateWrite } from '../ports/conversation-store.ts'
import type { Conversation, ConversationState, Member } from './conversation.ts'
import type { Change } from './decision.ts'

type Settings = NonNullable<StateWrite['conversation']>

/** A state with changes on top of it, so that the steps of one decision see each other's. */
export interface StateDraft {
  readonly conversation: Conversation
  readonly size: number
  member(userId: UserId): Member | null
  members(): Iterable<Member>
  set(settings: Settings): void
  put(member: Member): void
  remove(userId: UserId): void
  /** Adds a durable event; they take their revs in this order. */
  emit(event: StateEvent): void
  change(): Change
}

export function createStateDraft(state: ConversationState): StateDraft {
  const settings: { -readonly [K in keyof Settings]: Settings[K] } = {}
  const put = new Map<UserId, Member>()
  const removed = new Set<UserId>()
  const events: StateEvent[] = []
  let conversation = state.conversation
  let { size } = state.members

  const member = (userId: UserId): Member | null =>
    put.get(userId) ?? (removed.has(userId) ? null : (state.members.get(userId) ?? null))

  return {
    get conversation() {
      return conversation
    },
    get size() {
      return size
    },
    member,
    *members() {
      for (const stored of state.members.values()) {
        const current = member(stored.userId)
        if (current) yield current
      }
      for (const added of put.values()) if (!state.members.has(added.userId)) yield added
    },
    set(changed) {
      Object.assign(settings, changed)
      conversation = { ...conversation, ...changed }
    },
    put(changed) {
      if (!member(changed.userId)) size += 1
      removed.delete(changed.userId)
      put.set(changed.userId, changed)
    },
    remove(userId) {
      if (!member(userId)) return
      size -= 1
      put.delete(userId)
      removed.add(userId)
    },
    emit(event) {
      events.push(event)
    },
    change: () => ({ conversation: settings, putMembers: [...put.values()], removeMembers: [...removed], events }),
  }
}
