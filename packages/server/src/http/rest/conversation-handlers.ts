import { DomainError, type Invitee } from '@parley/core'
import { site } from '@parley/protocol'
import { conversationView, summaryView } from '../../wire/site/views.ts'
import { actor, user, userOrSite } from './guards.ts'
import { listPlace, readListPlace } from './list-place.ts'
import { LARGE_BODY_BYTES, restHandler } from './rest-handler.ts'

const invitees = (members: NonNullable<site.CreateConversationBody['members']>): Invitee[] =>
  members.map(({ userId, name, role }) => ({ userId, name: name ?? null, role: role ?? null }))

const nobodyNamed = (path: string, message: string): DomainError =>
  new DomainError('VALIDATION_FAILED', `${path}: ${message}.`, { errors: [{ path, message }] })

export const createConversation = restHandler({
  name: 'createConversation',
  tag: 'Conversations',
  errorTable: 'site',
  method: 'POST',
  url: '/api/conversations',
  summary: 'Start a conversation that lasts; one with an `id` that is there already is answered as it is, with 200',
  schema: site.createConversationBody,
  status: 201,
  otherStatus: 200,
  answer: site.conversationAnswer,
  token: 'required',
  apiKey: 'conversations',
  guard: userOrSite('conversations'),
  limit: null,
  maxBodyBytes: LARGE_BODY_BYTES,
  errors: ['CONFLICT'],
  async run(context, { id, kind, name, members, retentionDays }) {
    if (members === undefined && context.apiScopes === null) {
      throw nobodyNamed('members', 'Say who is in it besides you: a list of { userId, name? }, which may be empty')
    }
    const { details, isNew } = await context.core.createConversation(actor(context), {
      id: id ?? null,
      kind,
      name: name ?? null,
      members: invitees(members ?? []),
      retentionDays: retentionDays ?? null,
    })
    if (!isNew) context.answerOtherwise()
    return { conversation: conversationView(details) }
  },
})

export const listConversations = restHandler({
  name: 'listConversations',
  tag: 'Conversations',
  errorTable: 'site',
  method: 'GET',
  url: '/api/conversations',
  summary: "The caller's conversations with last message and unread count, the latest first",
  schema: site.listQuery,
  status: 200,
  answer: site.listAnswer,
  token: 'required',
  guard: user,
  limit: null,
  errors: [],
  async run(context, { limit, before }) {
    user(context)
    const place = before === undefined ? {} : { before: readListPlace(before) }
    const { conversations, hasMore } = await context.core.listConversations(context.identity, { limit, ...place })
    const last = conversations.at(-1)
    return {
      conversations: conversations.map(summaryView),
      hasMore,
      ...(hasMore && last !== undefined && { next: listPlace(last) }),
    }
  },
})

export const getConversation = restHandler({
  name: 'getConversation',
  tag: 'Conversations',
  errorTable: 'site',
  method: 'GET',
  url: '/api/conversations/:id',
  summary: 'A conversation with its members, and how far each has got',
  schema: site.conversationParams,
  status: 200,
  answer: site.conversationAnswer,
  token: 'required',
  apiKey: 'conversations',
  guard: userOrSite('conversations'),
  limit: null,
  errors: ['CONVERSATION_NOT_FOUND'],
  async run(context, { id }) {
    return { conversation: conversationView(await context.core.getConversation(actor(context), id)) }
  },
})

export const updateConversation = restHandler({
  name: 'updateConversation',
  tag: 'Conversations',
  errorTable: 'site',
  method: 'PATCH',
  url: '/api/conversations/:id',
  summary: 'Change its name, or how long messages are kept: host and moderators of a group, and the site',
  schema: site.updateConversationBody,
  status: 200,
  answer: site.conversationAnswer,
  token: 'required',
  apiKey: 'conversations',
  guard: userOrSite('conversations'),
  limit: null,
  errors: ['CONVERSATION_NOT_FOUND'],
  async run(context, { id, name, retentionDays }) {
    const changes = { ...(name !== undefined && { name }), ...(retentionDays !== undefined && { retentionDays }) }
    return { conversation: conversationView(await context.core.updateConversation(actor(context), id, changes)) }
  },
})

export const deleteConversation = restHandler({
  name: 'deleteConversation',
  tag: 'Conversations',
  errorTable: 'site',
  method: 'DELETE',
  url: '/api/conversations/:id',
  summary: 'Delete it with everything in it: the host of a group, and the site',
  schema: site.conversationParams,
  status: 204,
  answer: null,
  token: 'required',
  apiKey: 'conversations',
  guard: userOrSite('conversations'),
  limit: null,
  errors: ['CONVERSATION_NOT_FOUND'],
  async run(context, { id }) {
    await context.core.deleteConversation(actor(context), id)
    return undefined
  },
})

export const addMembers = restHandler({
  name: 'addMembers',
  tag: 'Conversations',
  errorTable: 'site',
  method: 'POST',
  url: '/api/conversations/:id/members',
  summary:
    'Make people members, several (`members`) or one (`userId`): host and moderators of a group, and the site; who is one stays as they are',
  schema: site.addMembersBody,
  status: 200,
  answer: site.conversationAnswer,
  token: 'required',
  apiKey: 'conversations',
  guard: userOrSite('conversations'),
  limit: null,
  maxBodyBytes: LARGE_BODY_BYTES,
  errors: ['CONVERSATION_NOT_FOUND', 'ROOM_FULL', 'NAME_TAKEN', 'CONFLICT'],
  async run(context, { id, members, userId, name, role }) {
    const people = members ?? (userId === undefined ? [] : [{ userId, name, role }])
    if (people.length === 0) throw nobodyNamed('members', 'Say whom to add: a list of { userId, name? }')
    return { conversation: conversationView(await context.core.addMembers(actor(context), id, invitees(people))) }
  },
})

const removal = {
  tag: 'Conversations',
  errorTable: 'site',
  method: 'DELETE',
  status: 204,
  answer: null,
  token: 'required',
  apiKey: 'conversations',
  guard: userOrSite('conversations'),
  limit: null,
  errors: ['CONVERSATION_NOT_FOUND', 'USER_NOT_FOUND'],
} as const

export const removeMember = restHandler({
  ...removal,
  name: 'removeMember',
  url: '/api/conversations/:id/members',
  summary: 'Remove a member (`userId` in the query or the body) or several (`members`), or leave (without either)',
  schema: site.removeMembersBody,
  async run(context, { id, userId = context.identity?.userId, members }) {
    const people = members ?? (userId === undefined ? [] : [{ userId }])
    if (people.length === 0) throw nobodyNamed('userId', 'The site itself is no member: say whom to remove')
    for (const person of people) await context.core.removeMember(actor(context), id, person.userId)
    return undefined
  },
})

export const removeMemberByPath = restHandler({
  ...removal,
  name: 'removeMemberByPath',
  url: '/api/conversations/:id/members/:userId',
  summary: 'Remove a member, or leave',
  schema: site.removeMemberParams,
  async run(context, { id, userId }) {
    await context.core.removeMember(actor(context), id, userId)
    return undefined
  },
})
