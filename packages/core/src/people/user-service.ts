import type { ChangeConversation } from '../conversations/change-conversation.ts'
import { dismiss } from '../conversations/decide-membership.ts'
import { NOTHING, toAllStored } from '../conversations/decision.ts'
import type { KnownConversations } from '../conversations/known-conversations.ts'
import { refusals } from '../conversations/refusals.ts'
import { viewConversation } from '../conversations/snapshot.ts'
import type { ConversationCommands, UserExport } from '../core.ts'
import { isGone } from '../errors.ts'
import type { ConversationId, UserId } from '../ids.ts'
import type { CoreOptions } from '../options.ts'
import type { CorePorts } from '../ports/core-ports.ts'

/** How many durable changes are made in one step: others get in between. */
const ERASE_BATCH = 200
const PAGE = 100
const MAX_NOTIFICATIONS = 100_000

export type UserService = Pick<ConversationCommands, 'deleteUser' | 'exportUser'>

type Each<T> = T extends AsyncIterable<infer One> ? One : never
type OfConversation = Each<UserExport['conversations']>

/** All that is kept of a user: to be given out, or to go. */
export function createUserService(
  { conversations, messages, receipts, notifications, users, bus, clock }: CorePorts,
  options: CoreOptions,
  change: ChangeConversation,
  known: KnownConversations,
  forgetIntroduction: (userId: UserId) => void,
): UserService {
  const deleteUser: ConversationCommands['deleteUser'] = async (userId) => {
    for (const id of await users.everIn(userId)) {
      await dismissFrom(id, userId)
      await eraseFrom(id, userId)
      known.forget(id)
    }
    await users.erase(userId)
    forgetIntroduction(userId)
  }

  /** First as a member who leaves: a host passes the role on, calls go on without them, and their sessions are told. */
  async function dismissFrom(id: ConversationId, userId: UserId): Promise<void> {
    try {
      await change(id, (state, now) => {
        const member = state.members.get(userId)
        return member === undefined ? NOTHING : dismiss(state, member, 'left', now)
      })
    } catch (error) {
      if (!isGone(error)) throw error
    }
  }

  async function eraseFrom(id: ConversationId, userId: UserId): Promise<void> {
    for (;;) {
      const { epoch, events, done } = await conversations.eraseMember(id, userId, clock.now(), ERASE_BATCH)
      if (epoch !== null) for (const event of events) bus.publish(toAllStored(event, epoch))
      if (done) return
    }
  }

  const exportUser: ConversationCommands['exportUser'] = async (userId) => {
    const [found, conversationIds, pending] = await Promise.all([
      users.get([userId]),
      users.everIn(userId),
      notifications.pending(userId, MAX_NOTIFICATIONS),
    ])
    const user = found.get(userId) ?? null
    if (user === null && conversationIds.length === 0 && pending.length === 0) throw refusals.unknownUser()
    return { user, notifications: pending, conversations: exportConversations(conversationIds, userId) }
  }

  async function* exportConversations(
    conversationIds: readonly ConversationId[],
    userId: UserId,
  ): AsyncGenerator<OfConversation> {
    for (const id of conversationIds) {
      const state = await conversations.load(id)
      if (state === null) continue
      yield {
        conversation: viewConversation(state.conversation, options),
        self: state.members.get(userId) ?? null,
        cursor: (await receipts.cursors(id)).get(userId) ?? null,
        pages: readOwn(id, userId),
      }
    }
  }

  /** Reads the whole conversation, page by page: what somebody reacted to may be anywhere. */
  async function* readOwn(id: ConversationId, userId: UserId): AsyncGenerator<Each<OfConversation['pages']>> {
    let after = 0
    for (let hasMore = true; hasMore; ) {
      const page = await messages.page(id, { after, limit: PAGE, maxBytes: options.pageMaxBytes })
      yield {
        messages: page.messages.filter(({ senderId }) => senderId === userId),
        reactions: page.messages.flatMap(({ id: messageId, reactions }) =>
          Object.entries(reactions).flatMap(([emoji, by]) => (by.includes(userId) ? [{ messageId, emoji }] : [])),
        ),
      }
      after = page.messages.at(-1)?.seq ?? after
      ;({ hasMore } = page)
    }
  }

  return { deleteUser, exportUser }
}
