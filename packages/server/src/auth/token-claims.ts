import { cleanName, DELETED_USER, DomainError } from '@parley/core'
import { SIZES } from '@parley/protocol/constants'
import type { JWTPayload } from 'jose'
import type { Identity } from './authenticator.ts'

/** The issuer of the tokens that are signed here. No site's token is taken for one of them, or the other way round. */
export const GUEST_ISSUER = 'urn:parley:guest'

const MAX_ID_LENGTH = 128
const MAX_AVATAR_LENGTH = 2048
const MAX_ROLES = 32
/** A token that does not say when it ends is good for so long after it was issued. */
const ENDLESS_LIFE_S = 86_400
/** The last moment that a date can be. */
const LATEST_END = 8.64e15

/** Where sites of all kinds put a user's id and name; the first that is there counts. */
const ID_CLAIMS = ['sub', 'userId', 'user_id', 'id'] as const
const NAME_CLAIMS = ['name', 'username', 'preferred_username', 'displayName'] as const
const AVATAR_CLAIMS = ['avatar', 'picture'] as const

/** A good signature says who signed, not that every claim has the form that this version gives it. */
export function guestIdentity(tokenHash: string, claims: JWTPayload): Identity {
  const { sub, name, room, role, exp, iat, jti } = claims
  if (!isText(sub, MAX_ID_LENGTH) || !isText(name, SIZES.maxNameLength * 2) || exp === undefined) {
    throw refused('it lacks what guests have')
  }
  return {
    kind: 'guest',
    userId: sub,
    name,
    room: isText(room, MAX_ID_LENGTH) ? room : null,
    role: isText(role, MAX_ID_LENGTH) ? role : null,
    avatar: null,
    roles: [],
    expiresAt: exp * 1000,
    issuedAt: (iat ?? 0) * 1000,
    tokenId: tokenIdOf(tokenHash, jti),
  }
}

/** The user that a site's token speaks of, whichever of the usual names its claims have. */
export function userIdentity(tokenHash: string, claims: JWTPayload): Identity {
  const { exp, iat, jti } = claims
  const userId = firstOf(claims, ID_CLAIMS, idText)
  if (userId === null) throw refused(`none of ${ID_CLAIMS.join(', ')} names the user`)
  const endsAtS = exp ?? (iat === undefined ? undefined : iat + ENDLESS_LIFE_S)
  if (endsAtS === undefined) throw refused('it has neither exp nor iat')
  return {
    kind: 'user',
    userId,
    name: nameOf(claims) ?? userId,
    // What a site calls a room is none of ours: only tokens that are signed here are for one.
    room: null,
    role: null,
    avatar: firstOf(claims, AVATAR_CLAIMS, (value) =>
      isText(value, MAX_AVATAR_LENGTH) && isKeepable(value) ? value : null,
    ),
    roles: rolesOf(claims),
    expiresAt: Math.min(Math.floor(endsAtS * 1000), LATEST_END),
    issuedAt: (iat ?? 0) * 1000,
    tokenId: tokenIdOf(tokenHash, jti),
  }
}

export const refused = (why: string): DomainError =>
  new DomainError('UNAUTHENTICATED', `This token does not verify: ${why}. Get a new one.`)

function tokenIdOf(tokenHash: string, jti: unknown): string {
  return isText(jti, MAX_ID_LENGTH) ? jti : `sha256:${tokenHash}`
}

function nameOf(claims: JWTPayload): string | null {
  const shown = (value: unknown): string | null => {
    const name = typeof value === 'string' ? cleanName(value) : ''
    return name === '' ? null : [...name].slice(0, SIZES.maxNameLength).join('')
  }
  const { email } = claims
  return firstOf(claims, NAME_CLAIMS, shown) ?? (typeof email === 'string' ? shown(email.split('@')[0]) : null)
}

function rolesOf({ roles, role }: JWTPayload): readonly string[] {
  const given = roles ?? role
  const list = Array.isArray(given) ? given : [given]
  return list.filter((item) => isText(item, MAX_ID_LENGTH)).slice(0, MAX_ROLES)
}

function firstOf<T>(claims: JWTPayload, names: readonly string[], read: (value: unknown) => T | null): T | null {
  for (const name of names) {
    const value = read(claims[name])
    if (value !== null) return value
  }
  return null
}

/** Ids are kept as they are, so they must be what every database and every client can keep. */
function idText(value: unknown): string | null {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value
  return isText(text, MAX_ID_LENGTH) && isKeepable(text) && text !== DELETED_USER ? text : null
}

function isKeepable(text: string): boolean {
  return text.isWellFormed() && !/\p{Cc}/u.test(text)
}

function isText(value: unknown, maxLength: number): value is string {
  return typeof value === 'string' && value !== '' && value.length <= maxLength
}
