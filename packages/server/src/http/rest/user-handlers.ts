import { DomainError, type UserExport } from '@parley/core'
import { site } from '@parley/protocol'
import { REMEMBERED_MS } from '../../auth/revocation-store.ts'
import { messageView } from '../../wire/site/views.ts'
import { site as siteServers, user } from './guards.ts'
import { JsonPieces, type RestContext, restHandler } from './rest-handler.ts'

export const deleteUser = restHandler({
  name: 'deleteUser',
  tag: 'Users',
  errorTable: 'site',
  method: 'DELETE',
  url: '/api/users/:id',
  summary: 'Remove a user with all that is theirs, and take their tokens back; harmless for one who is not known',
  schema: site.userParams,
  status: 204,
  answer: null,
  token: 'useless',
  apiKey: 'users',
  guard: siteServers('users'),
  limit: null,
  errors: [],
  async run(context, { id }) {
    await revokeUser(context, id, context.now())
    await context.core.deleteUser(id)
    return undefined
  },
})

export const exportUser = restHandler({
  name: 'exportUser',
  tag: 'Users',
  errorTable: 'site',
  method: 'GET',
  url: '/api/users/:id/export',
  summary: 'All that is kept of a user: for the site, and for themselves',
  schema: site.userParams,
  status: 200,
  answer: site.exportAnswer,
  token: 'required',
  apiKey: 'users',
  guard(context, { id }) {
    if (context.apiScopes !== null) return siteServers('users')(context)
    user(context)
    if (context.identity.userId !== id) throw new DomainError('FORBIDDEN', 'This is for the user, and for the site.')
  },
  limit: 'export',
  errors: ['USER_NOT_FOUND'],
  async run({ core }, { id }) {
    return new JsonPieces(exportPieces(await core.exportUser(id)))
  },
})

export const revoke = restHandler({
  name: 'revoke',
  tag: 'Users',
  errorTable: 'site',
  method: 'POST',
  url: '/api/revoke',
  summary:
    'Take tokens back: all of a user that were issued up to `issuedBefore` (now), one token, or one by its `jti`; open sockets end at once',
  schema: site.revokeBody,
  status: 200,
  answer: site.revokeAnswer,
  token: 'useless',
  apiKey: 'revoke',
  guard: siteServers('revoke'),
  limit: null,
  errors: [],
  async run(context, { userId, token, tokenId, issuedBefore }) {
    if (userId === undefined && token === undefined && tokenId === undefined) {
      const errors = [{ path: 'userId', message: 'userId, token or tokenId is needed' }]
      throw new DomainError('VALIDATION_FAILED', 'Say whose tokens, which token, or its id.', { errors })
    }
    const now = context.now()
    if (token !== undefined) await revokeToken(context, token)
    if (tokenId !== undefined) {
      await context.revocations.revoke({ userId: null, tokenId, issuedBefore: null, until: now + REMEMBERED_MS })
    }
    if (userId === undefined) return { revoked: true as const }
    const upTo = issuedBefore ?? now
    await revokeUser(context, userId, upTo)
    return { revoked: true as const, issuedBefore: upTo }
  },
})

function revokeUser({ revocations, now }: RestContext, userId: string, issuedBefore: number): Promise<void> {
  return revocations.revoke({ userId, tokenId: null, issuedBefore, until: now() + REMEMBERED_MS })
}

/** One that has expired is as good as taken back. */
async function revokeToken({ authenticator, revocations }: RestContext, token: string): Promise<void> {
  try {
    const { userId, tokenId, expiresAt } = await authenticator.inspect(token)
    await revocations.revoke({ userId, tokenId, issuedBefore: null, until: expiresAt })
  } catch (error) {
    if (!(error instanceof DomainError) || error.code === 'UNAVAILABLE') throw error
    if (error.code === 'TOKEN_EXPIRED') return
    const errors = [{ path: 'token', message: 'is none that is good here' }]
    throw new DomainError('VALIDATION_FAILED', 'token: is none that is good here.', { errors })
  }
}

/** JSON that is made while it is sent: a user may have said much in their life. */
async function* exportPieces({ user: profile, notifications, conversations }: UserExport): AsyncGenerator<string> {
  yield `{"user":${JSON.stringify(profile)},"notifications":${JSON.stringify(notifications)},"conversations":[`
  let separator = ''
  for await (const { conversation, self, cursor, pages } of conversations) {
    const { id, kind, name, createdAt } = conversation
    const membership = self === null ? null : { name: self.name, role: self.role, joinedAt: self.joinedAt }
    yield `${separator}${JSON.stringify({ id, kind, name, createdAt, membership, cursor }).slice(0, -1)},"messages":[`
    separator = ','
    const reactions: object[] = []
    let between = ''
    for await (const page of pages) {
      reactions.push(...page.reactions)
      if (page.messages.length === 0) continue
      yield between + page.messages.map((message) => JSON.stringify(messageView(message))).join(',')
      between = ','
    }
    yield `],"reactions":${JSON.stringify(reactions)}}`
  }
  yield ']}'
}
