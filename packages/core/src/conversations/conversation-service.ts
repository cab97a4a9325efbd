import type { Caller } from '../caller.ts'
import type { ConversationCommands, ConversationDetails, ConversationSummary, Invitee } from '../core.ts'
import { DomainError, isUnavailable } from '../errors.ts'
import type { ConversationId, UserId } from '../ids.ts'
import type { NotificationService } from '../notifications/notification-service.ts'
import type { CoreOptions } from '../options.ts'
import type { PersonStatus } from '../people/user.ts'
import type { CorePorts } from '../ports/core-ports.ts'
import type { Listing } from '../ports/inbox-store.ts'
import type { ChangeConversation } from './change-conversation.ts'
import { memberOf, requireChatName, requireConversationId, requireInvitees, requireRetention } from './chat-rules.ts'
import { type Conversation, type ConversationState, type Member, newConversation } from './conversation.ts'
import { type By, decideAddMembers, decideRemoveMember, decideUpdate, putMembers } from './decide-membership.ts'
import { NOTHING, toAll } from './decision.ts'
import type { KnownConversations } from './known-conversations.ts'
import { type ViewMembers, viewMembersUnseen } from './member-views.ts'
import { refusals } from './refusals.ts'
import { requireAccount, requireHost, requireMember } from './rights.ts'
import { isRoomId } from './room-id.ts'
import { viewConversation } from './snapshot.ts'

export type ConversationService = Pick<
  ConversationCommands,
  | 'createConversation'
  | 'listConversations'
  | 'joinedSince'
  | 'getConversation'
  | 'updateConversation'
  | 'deleteConversation'
  | 'addMembers'
  | 'removeMember'
>

/** What the service stands on besides the ports. */
interface Parts {
  readonly change: ChangeConversation
  readonly known: KnownConversations
  readonly viewMembers: ViewMembers
  readonly notifications: Pick<NotificationService, 'tellAdded'>
  readonly describe: (userIds: readonly UserId[]) => Promise<ReadonlyMap<UserId, PersonStatus>>
  /** Takes somebody out of the conversation's call. */
  readonly dropFromCall: (conversationId: ConversationId, userId: UserId) => Promise<void>
  readonly endVoice: (conversationId: ConversationId) => Promise<void>
}

/** Conversations that last, and who is in them. */
export function createConversationService(ports: CorePorts, options: CoreOptions, parts: Parts): ConversationService {
  const { conversations, presence, receipts, inbox, users, calls, limiter, bus, clock, ids } = ports
  const { change, known, viewMembers, notifications, describe, dropFromCall, endVoice } = parts

  const createConversation: ConversationCommands['createConversation'] = async (by, input) => {
    if (by !== null) requireAccount(by)
    const name = requireChatName(input.name)
    const retentionDays = requireRetention(input.retentionDays)
    const stored = await askedFor(by, input)
    if (stored !== null) return { details: await describeStored(stored), isNew: false }
    const members = await foundersOf(by, input)
    const id = input.id === null ? newIdFor(input.kind, members) : requireConversationId(input.id, by === null)
    const [first] = members
    if (first === undefined) throw refusals.invalid('members', 'must not be empty')
    await countInvited(by, members.length)
    if (isRoomId(id) && (await conversations.load(id))?.conversation.kind === 'room') throw taken()

    const now = clock.now()
    const conversation = newConversation({
      id,
      kind: input.kind,
      name,
      hostId: first.userId,
      createdAt: now,
      maxParticipants: input.kind === 'direct' ? 2 : options.conversationMaxMembers,
      retentionDays,
      // It counts against nobody: each has a quota of its own.
      quotaKey: id,
    })
    const epoch = ids.epoch()
    const created = await conversations.create(conversation, epoch, members, 1)
    if (created === 'created') {
      const byId = new Map(members.map((member) => [member.userId, member]))
      await notifications.tellAdded({ conversation }, members, by && (byId.get(by.userId) ?? null))
      const state = { conversation, epoch, rev: 0, version: 0, members: byId }
      return { details: await describeStored(state), isNew: true }
    }
    if (created === 'full') throw new DomainError('UNAVAILABLE', 'This server has no space for more conversations.')
    return { details: await describeStored(await reopen(by, conversation, members)), isNew: false }
  }

  /** The site names nobody: it wants the one with this id, if that is there. */
  async function askedFor(
    by: Caller | null,
    { id, members }: { readonly id: ConversationId | null; readonly members: readonly Invitee[] },
  ): Promise<ConversationState | null> {
    if (by !== null || id === null || members.length > 0) return null
    const state = await conversations.load(requireConversationId(id, true))
    return state === null || state.conversation.kind === 'room' ? null : state
  }

  /** Whoever is made a member is told, asked or not: one user does so to so many and no more. The site may. */
  async function countInvited(by: Caller | null, people: number): Promise<void> {
    if (by === null) return
    const { allowed, retryAfterMs } = await limiter.take('invite', by.userId, people)
    if (!allowed) throw refusals.tooMany(retryAfterMs)
  }

  /** The first members, the host of a group first. */
  async function foundersOf(
    by: Caller | null,
    { kind, members }: { readonly kind: 'direct' | 'group'; readonly members: readonly Invitee[] },
  ): Promise<readonly Member[]> {
    const creator: Invitee[] = by === null ? [] : [{ userId: by.userId, name: by.name, role: null }]
    const others = requireInvitees(members, options).filter(({ userId }) => userId !== by?.userId)
    const invitees = [...creator, ...others]
    if (kind === 'direct' && invitees.length !== 2) {
      throw refusals.invalid('members', 'of a direct conversation must be two different people')
    }
    if (invitees.length > options.conversationMaxMembers) {
      throw refusals.invalid('members', `must not be more than ${options.conversationMaxMembers} in all`)
    }
    const made = await makeMembers(by, invitees)
    if (kind === 'direct') return made.map((member) => ({ ...member, role: 'speaker' }))
    return made.map((member, place) => (place === 0 ? { ...member, role: 'host' } : member))
  }

  /** What the site says of its people holds; what one user says of another only when they are not known. */
  async function makeMembers(by: Caller | null, invitees: readonly Invitee[]): Promise<readonly Member[]> {
    const known = await users.get(invitees.map(({ userId }) => userId))
    const now = clock.now()
    return invitees.map(({ userId, name, role }) => {
      const knownName = known.get(userId)?.name
      const names = by === null || by.userId === userId ? [name, knownName] : [knownName, name]
      return memberOf(userId, names, role ?? 'speaker', now)
    })
  }

  function newIdFor(kind: 'direct' | 'group', members: readonly Member[]): ConversationId {
    const [one, other] = members
    return kind === 'direct' && one && other ? ids.directId(one.userId, other.userId) : ids.conversationId()
  }

  /** The one that is there already, for those who are in it. One of a direct conversation who was deleted may come back. */
  async function reopen(by: Caller | null, wanted: Conversation, members: readonly Member[]) {
    const { id, kind } = wanted
    const state = await load(id)
    const missing = members.filter(({ userId }) => !state.members.has(userId))
    const [one, other] = members
    const isTheirs = kind === 'direct' && one && other && id === ids.directId(one.userId, other.userId)
    if (isTheirs && missing.length > 0) {
      const people = await orIfAway(describe(missing.map(({ userId }) => userId)), new Map())
      const changed = await change(id, (current, now) => {
        const absent = missing.filter(({ userId }) => !current.members.has(userId))
        return absent.length === 0 ? NOTHING : putMembers(current, { members: absent, people }, now, options)
      })
      return changed.state
    }
    if (by !== null && !state.members.has(by.userId)) throw taken()
    return state
  }

  const listConversations: ConversationCommands['listConversations'] = async ({ userId }, page) => {
    const { listings, hasMore } = await inbox.list(userId, { ...page, maxBytes: options.pageMaxBytes })
    const counterparts = await Promise.all(listings.map((listing) => counterpartOf(listing, userId)))
    const people = await describe(counterparts.filter((one) => one !== null))
    return { conversations: listings.map((listing, n) => summarize(listing, counterparts[n] ?? null, people)), hasMore }
  }

  async function counterpartOf({ conversation }: Listing, userId: UserId): Promise<UserId | null> {
    if (conversation.kind !== 'direct') return null
    const pair = (await known.look(conversation.id))?.pair ?? []
    return pair.find((member) => member.userId !== userId)?.userId ?? null
  }

  function summarize(
    { conversation, ...listing }: Listing,
    counterpart: UserId | null,
    people: ReadonlyMap<UserId, PersonStatus>,
  ): ConversationSummary {
    const person = counterpart === null ? null : (people.get(counterpart) ?? null)
    return { ...listing, conversation: viewConversation(conversation, options), counterpart: person }
  }

  async function load(id: ConversationId): Promise<ConversationState> {
    const state = await conversations.load(id)
    if (state === null || state.conversation.kind === 'room') throw refusals.notFound()
    return state
  }

  /** The conversation, if `by` may see it. */
  async function loadFor(by: Caller | null, id: ConversationId): Promise<ConversationState> {
    const state = await load(id)
    if (by !== null) requireMember(state, by.userId)
    return state
  }

  async function describeConversation(state: ConversationState, view: ViewMembers): Promise<ConversationDetails> {
    const { conversation, epoch, rev } = state
    const [members, cursors] = await Promise.all([view(state), receipts.cursors(conversation.id)])
    return { conversation: viewConversation(conversation, options), members, cursors, position: { epoch, rev } }
  }

  /** It is stored: were it refused because nobody can say who is connected, it would be tried again. */
  const describeStored = (state: ConversationState): Promise<ConversationDetails> =>
    describeConversation(state, (members) => orIfAway(viewMembers(members), viewMembersUnseen(members)))

  const updateConversation: ConversationCommands['updateConversation'] = async (by, id, changes) => {
    const name = changes.name === undefined ? undefined : requireChatName(changes.name)
    const retentionDays = changes.retentionDays === undefined ? undefined : requireRetention(changes.retentionDays)
    const { state } = await change(id, (current, now) =>
      decideUpdate(requireLasting(current), { byId: idOf(by), name, retentionDays }, now),
    )
    return describeStored(state)
  }

  const deleteConversation: ConversationCommands['deleteConversation'] = async (by, id) => {
    const state = await load(id)
    if (by !== null) requireHost(state, by.userId)
    if ((await calls.openIn(id)) !== null) for (const userId of state.members.keys()) await dropFromCall(id, userId)
    await conversations.delete(id)
    known.forget(id)
    bus.publish(toAll({ type: 'conversation.expired', conversationId: id, at: clock.now() }))
    // It is gone, whatever becomes of these: voice is looked after, and leases end by themselves.
    await orIfAway(endVoice(id), undefined)
    await orIfAway(presence.clear(id), undefined)
  }

  const addMembers: ConversationCommands['addMembers'] = async (by, id, invitees) => {
    const invited = requireInvitees(invitees, options)
    await countInvited(by, invited.length)
    const members = await makeMembers(by, invited)
    const people = await orIfAway(describe(members.map(({ userId }) => userId)), new Map())
    const { state, decision } = await change(id, (current, now) =>
      decideAddMembers(requireLasting(current), { byId: idOf(by), members, people }, now, options),
    )
    await notifications.tellAdded(state, decision.added, by && (state.members.get(by.userId) ?? null))
    return describeStored(state)
  }

  const removeMember: ConversationCommands['removeMember'] = async (by, id, userId) => {
    await change(id, (current, now) => decideRemoveMember(requireLasting(current), { byId: idOf(by), userId }, now))
  }

  return {
    createConversation,
    listConversations,
    joinedSince: ({ userId }, since) => inbox.joinedSince(userId, since),
    getConversation: async (by, id) => describeConversation(await loadFor(by, id), viewMembers),
    updateConversation,
    deleteConversation,
    addMembers,
    removeMember,
  }
}

/** Chats go on while nobody can say who is connected, or in voice. */
async function orIfAway<T>(answer: Promise<T>, instead: T): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (isUnavailable(error)) return instead
    throw error
  }
}

const idOf = (by: Caller | null): By => by?.userId ?? null

/** Rooms have ways of their own. */
function requireLasting(state: ConversationState): ConversationState {
  if (state.conversation.kind === 'room') throw refusals.notFound()
  return state
}

function taken(): DomainError {
  return new DomainError('CONFLICT', 'There is a conversation with this id already. Choose another one.')
}
