import { type Caller, DomainError } from '@parley/core'
import type { ApiScope } from '../../auth/api-keys.ts'
import type { Identity } from '../../auth/authenticator.ts'
import { authenticated } from '../../wire/dispatch.ts'
import type { RestContext } from './rest-handler.ts'

/** Guard of what users of the site do. Guests have rooms, and nothing that lasts. */
export function user(context: RestContext): asserts context is RestContext & { identity: Identity } {
  if (context.apiScopes !== null) {
    throw new DomainError('FORBIDDEN', 'This is done by a user, with a token; an API key does not stand for one here.')
  }
  authenticated(context)
  if (context.identity.kind !== 'user') {
    throw new DomainError('FORBIDDEN', 'Guests are in rooms only. Conversations need a token of the site.')
  }
}

/** Guard of what the site's own servers do, with a key of this scope. */
export const site =
  (scope: ApiScope) =>
  ({ apiScopes, identity }: RestContext): void => {
    if (apiScopes === null && identity === null) {
      throw new DomainError('UNAUTHENTICATED', 'This needs an API key, as X-Api-Key.')
    }
    if (apiScopes === null) throw new DomainError('FORBIDDEN', 'This is for the site itself, with an API key.')
    if (!apiScopes.has(scope)) throw new DomainError('FORBIDDEN', `This needs an API key with the scope "${scope}".`)
  }

/** Guard of what both do. */
export const userOrSite = (scope: ApiScope) => (context: RestContext) =>
  context.apiScopes === null ? user(context) : site(scope)(context)

/** Who does it, as the core sees them; `null` for the site itself. */
export function actor(context: RestContext): Caller | null {
  return context.apiScopes === null ? context.identity : null
}

/** The caller; for the site, the member for whom it speaks. */
export function memberFor({ identity, apiScopes }: RestContext, userId: string | undefined): Caller {
  if (apiScopes !== null || identity === null) {
    if (userId !== undefined) return { userId, name: userId, room: null }
    const errors = [{ path: 'userId', message: 'With an API key: the member who does it' }]
    throw new DomainError('VALIDATION_FAILED', 'userId: say which member does it.', { errors })
  }
  if (userId !== undefined && userId !== identity.userId) {
    throw new DomainError('FORBIDDEN', 'Nobody speaks for somebody else; the site does, with an API key.')
  }
  return identity
}
