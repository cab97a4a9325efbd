import { createSecretKey, type KeyObject } from 'node:crypto'
import { type Clock, DomainError } from '@parley/core'
import { SIZES } from '@parley/protocol/constants'
import { errors, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import type { Authenticator, Identity } from './authenticator.ts'

export const TOKEN_LIFE_S = 3600
const ALGORITHM = 'HS256'
const MAX_TOKEN_LENGTH = 4096
const MAX_ID_LENGTH = 128

export interface AuthenticatorOptions {
  /** The first signs; all of them verify, so that a secret can be replaced without ending anybody's session. */
  readonly secrets: readonly string[]
  readonly clock: Clock
}

/** Guest tokens, signed here: JWT, HS256 and nothing else, 1 hour. */
export function createAuthenticator({ secrets, clock }: AuthenticatorOptions): Authenticator {
  const keys = secrets.map((secret) => createSecretKey(secret, 'utf8'))
  const [signingKey] = keys
  if (signingKey === undefined) throw new Error('An authenticator needs a secret')
  return {
    async signGuest({ userId, name, room, role }) {
      const issuedAt = Math.floor(clock.now() / 1000)
      const expiresAt = issuedAt + TOKEN_LIFE_S
      const token = await new SignJWT({ name, ...(room && { room }), ...(role && { role }) })
        .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
        .setSubject(userId)
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiresAt)
        .sign(signingKey)
      return { token, expiresIn: TOKEN_LIFE_S, expiresAt: expiresAt * 1000 }
    },

    async verify(token) {
      if (token.length > MAX_TOKEN_LENGTH) throw refused()
      return toIdentity(await verifyWithAny(token, keys, new Date(clock.now())))
    },
  }
}

async function verifyWithAny(token: string, keys: readonly KeyObject[], currentDate: Date): Promise<JWTPayload> {
  for (const key of keys) {
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms: [ALGORITHM],
        currentDate,
        requiredClaims: ['sub', 'exp'],
      })
      return payload
    } catch (error) {
      if (error instanceof errors.JWTExpired) {
        throw new DomainError('TOKEN_EXPIRED', 'Your token has expired. Join again to get a new one.')
      }
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw refused()
    }
  }
  throw refused()
}

/** A good signature says who signed, not that every claim has the form that this version gives it. */
function toIdentity({ sub, name, room, role, exp }: JWTPayload): Identity {
  const isText = (value: unknown, max: number): value is string =>
    typeof value === 'string' && value !== '' && value.length <= max
  if (!isText(sub, MAX_ID_LENGTH) || !isText(name, SIZES.maxNameLength * 2) || exp === undefined) throw refused()
  return {
    userId: sub,
    name,
    room: isText(room, MAX_ID_LENGTH) ? room : null,
    role: isText(role, MAX_ID_LENGTH) ? role : null,
    expiresAt: exp * 1000,
  }
}

const refused = (): DomainError =>
  new DomainError('UNAUTHENTICATED', 'This token does not verify. Join again to get a new one.')
