import { randomUUID } from 'node:crypto'
import {
  type Conversation,
  type ConversationState,
  type ConversationStore,
  type Member,
  type Message,
  type MessageAppended,
  type MessageWrite,
  type NewMessage,
  type Notification,
  newConversation,
  type StateAppended,
  type StateEvent,
} from '@parley/core'

/** When everything in the samples happens. */
export const SAMPLE_TIME = Date.UTC(2030, 0, 1)
export const SAMPLE_EPOCH = 'epoch-1'

type Draft = Omit<NewMessage, 'senderName'>

/** Ids and quota keys are new each time: the suites may share one database. */
export function sampleConversation(overrides: Partial<Conversation> = {}): Conversation {
  return newConversation({
    id: randomUUID(),
    kind: 'room',
    name: 'Räume & Übungen 🚀',
    hostId: 'ann',
    createdAt: SAMPLE_TIME,
    expiresAt: SAMPLE_TIME + 3_600_000,
    maxParticipants: 100,
    quotaKey: randomUUID(),
    ...overrides,
  })
}

export function sampleMember(userId: string, overrides: Partial<Member> = {}): Member {
  return {
    userId,
    name: `Name of ${userId}`,
    role: userId === 'ann' ? 'host' : 'speaker',
    joinedAt: SAMPLE_TIME,
    absentSince: null,
    hasEntered: true,
    ...overrides,
  }
}

export function sampleMessage(conversationId: string, overrides: Partial<Draft> = {}): Draft {
  return {
    id: randomUUID(),
    conversationId,
    clientId: null,
    senderId: 'ann',
    content: 'hello',
    type: 'text',
    replyTo: null,
    metadata: null,
    createdAt: SAMPLE_TIME,
    ...overrides,
  }
}

export function joinedEvent(conversationId: string, member: Member): StateEvent {
  return { type: 'member.joined', conversationId, at: SAMPLE_TIME, member }
}

/** A stored conversation with `ann` and `bob` in it. */
export async function storeConversation(
  conversations: ConversationStore,
  overrides: Partial<Conversation> = {},
): Promise<Conversation> {
  const conversation = sampleConversation(overrides)
  const members = [sampleMember('ann'), sampleMember('bob')]
  const created = await conversations.create(conversation, SAMPLE_EPOCH, members, 100)
  if (created !== 'created') throw new Error(`the sample was not stored: ${created}`)
  return conversation
}

/** A stored group of these people, which lasts; the first is its host. User ids of its own keep a test apart from others in one database. */
export async function storeGroup(
  conversations: ConversationStore,
  userIds: readonly string[],
  overrides: Partial<Conversation> = {},
): Promise<Conversation> {
  const [hostId = 'ann'] = userIds
  const conversation = sampleConversation({ kind: 'group', expiresAt: null, hostId, ...overrides })
  const members = userIds.map((userId) => sampleMember(userId, { role: userId === hostId ? 'host' : 'speaker' }))
  const created = await conversations.create(conversation, SAMPLE_EPOCH, members, 100)
  if (created !== 'created') throw new Error(`the sample was not stored: ${created}`)
  return conversation
}

/** New user ids that begin with these words. */
export function samplePeople<const Names extends readonly string[]>(...names: Names): { [K in keyof Names]: string } {
  return names.map((name) => `${name}-${randomUUID()}`) as { [K in keyof Names]: string }
}

export async function loadState(conversations: ConversationStore, id: string): Promise<ConversationState> {
  const state = await conversations.load(id)
  if (state === null) throw new Error('the conversation is not there')
  return state
}

/** Sends, edits, deletes or reacts, and expects it to be stored. */
export async function mustAppend(
  conversations: ConversationStore,
  id: string,
  write: MessageWrite,
): Promise<Extract<MessageAppended, { readonly status: 'appended' }>> {
  const appended = await conversations.append(id, write)
  if (appended.status !== 'appended') throw new Error(`not appended: ${appended.status}`)
  return appended
}

export async function mustSend(
  conversations: ConversationStore,
  id: string,
  overrides: Partial<Draft> = {},
): Promise<Message> {
  const appended = await mustAppend(conversations, id, { type: 'send', message: sampleMessage(id, overrides) })
  return appended.message
}

/** Takes a member out, on the state as it is now. */
export async function leave(conversations: ConversationStore, id: string, userId: string): Promise<StateAppended> {
  const { version } = await loadState(conversations, id)
  return conversations.appendState(id, {
    ifVersion: version,
    removeMembers: [userId],
    events: [{ type: 'member.left', conversationId: id, at: SAMPLE_TIME, userId, name: 'Name', reason: 'left' }],
  })
}

/** Something that waits for a user, about nothing in particular. */
export function sampleNotification(userId: string, overrides: Partial<Notification> = {}): Notification {
  return {
    id: randomUUID(),
    userId,
    kind: 'event',
    conversationId: null,
    messageId: null,
    seq: null,
    data: {},
    createdAt: SAMPLE_TIME,
    ...overrides,
  }
}

/** Lets a member join, on the state as it is now. */
export async function join(conversations: ConversationStore, id: string, member: Member): Promise<StateAppended> {
  const { version } = await loadState(conversations, id)
  return conversations.appendState(id, {
    ifVersion: version,
    putMembers: [member],
    events: [joinedEvent(id, member)],
  })
}
