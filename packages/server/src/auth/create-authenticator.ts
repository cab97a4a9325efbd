import { createSecretKey, type webcrypto } from 'node:crypto'
import { type Clock, DomainError } from '@parley/core'
import { decodeProtectedHeader, errors, type JWTPayload, type JWTVerifyOptions, jwtVerify, SignJWT } from 'jose'
import type { Authenticator, Identity } from './authenticator.ts'
import type { Jwks } from './jwks.ts'
import type { Revocations } from './revocations.ts'
import type { SiteCheck } from './site-check.ts'
import { GUEST_ISSUER, guestIdentity, refused, userIdentity } from './token-claims.ts'
import { tokenHash, VerifiedTokens } from './verified-tokens.ts'

export const TOKEN_LIFE_S = 3600
const SHARED_ALGORITHM = 'HS256'
const MAX_TOKEN_LENGTH = 8192
/** How far the clock of whoever signs may be ahead of ours. */
const CLOCK_TOLERANCE_S = 30

export interface AuthenticatorOptions {
  /** The first signs; all of them verify, so that a secret can be replaced without ending anybody's session. */
  readonly secrets: readonly string[]
  readonly clock: Clock
  /** Keys of an identity provider. */
  readonly jwks?: Jwks | null
  /** What tokens of the site must say, where it is set. */
  readonly issuer?: string | null
  readonly audience?: string | null
  /** Asked of every token of the site, as well. */
  readonly site?: SiteCheck | null
  readonly revocations?: Pick<Revocations, 'isRevoked' | 'onChanged'>
}

/**
 * Guest tokens, signed here: JWT, HS256, 1 hour. Tokens of a site: HS256 with the shared secrets, or the
 * algorithms of the keys at `JWT_JWKS_URL`. Which keys a token may be checked with follows from its algorithm,
 * and every key has one; nothing that a token says of keys is followed.
 */
export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { secrets, clock, jwks = null, site = null, revocations } = options
  const keys = secrets.map(sharedKey)
  const [signingKey] = keys
  if (signingKey === undefined) throw new Error('An authenticator needs a secret')
  const verified = new VerifiedTokens()

  async function identify(token: string): Promise<Identity> {
    const hash = tokenHash(token)
    const known = verified.get(hash)
    if (known !== undefined) return known
    const { claims, isShared } = await claimsOf(token)
    const isOurs = isShared && claims.iss === GUEST_ISSUER
    const identity = isOurs ? guestIdentity(hash, claims) : siteIdentity(hash, claims)
    // Keys of a set come and go.
    if (isShared) verified.add(hash, identity)
    return identity
  }

  async function claimsOf(token: string): Promise<{ readonly claims: JWTPayload; readonly isShared: boolean }> {
    const checks: JWTVerifyOptions = {
      currentDate: new Date(clock.now()),
      clockTolerance: CLOCK_TOLERANCE_S,
    }
    const { alg } = headerOf(token)
    const isShared = alg === SHARED_ALGORITHM
    if (!isShared && jwks === null) throw refused('its algorithm is none that is used here')
    const claims = isShared ? await verifyWithAny(token, keys, checks) : await verifyWithSet(token, jwks, checks)
    return { claims, isShared }
  }

  async function inspect(token: string): Promise<Identity> {
    if (token.length > MAX_TOKEN_LENGTH) throw refused('it is too long')
    const identity = await identify(token)
    // What is tolerated of a clock that is ahead is not added to a token's life.
    if (identity.expiresAt <= clock.now()) throw expired()
    return identity
  }

  function siteIdentity(hash: string, claims: JWTPayload): Identity {
    requireNames(claims, options)
    if (claims.iat !== undefined && claims.iat * 1000 > clock.now() + CLOCK_TOLERANCE_S * 1000) {
      throw refused('it was issued in the future')
    }
    return userIdentity(hash, claims)
  }

  function requireKept(identity: Identity): void {
    if (revocations?.isRevoked(identity)) throw refused('it was taken back')
  }

  return {
    async signGuest({ userId, name, room, role }) {
      const issuedAt = Math.floor(clock.now() / 1000)
      const expiresAt = issuedAt + TOKEN_LIFE_S
      const token = await new SignJWT({ name, ...(room && { room }), ...(role && { role }) })
        .setProtectedHeader({ alg: SHARED_ALGORITHM, typ: 'JWT' })
        .setIssuer(GUEST_ISSUER)
        .setSubject(userId)
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiresAt)
        .sign(signingKey)
      return { token, expiresIn: TOKEN_LIFE_S, expiresAt: expiresAt * 1000 }
    },

    async verify(token, siteMaxAgeMs = 0) {
      const identity = await inspect(token)
      requireKept(identity)
      if (identity.kind === 'guest' || site === null) return identity
      if (!(await site.accepts(token, siteMaxAgeMs))) throw refused('the site does not accept it')
      // It may have been while the site was asked.
      requireKept(identity)
      return identity
    },

    inspect,
    isRevoked: (identity) => revocations?.isRevoked(identity) ?? false,
    onRevoked: (listener) => revocations?.onChanged(listener) ?? (() => undefined),
  }
}

/** Made once: jose would make one of a secret for each token. */
function sharedKey(secret: string): webcrypto.CryptoKey {
  return createSecretKey(secret, 'utf8').toCryptoKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify'])
}

function headerOf(token: string): { readonly alg?: string } {
  try {
    return decodeProtectedHeader(token)
  } catch {
    throw refused('it is no token')
  }
}

async function verifyWithAny(
  token: string,
  keys: readonly webcrypto.CryptoKey[],
  checks: JWTVerifyOptions,
): Promise<JWTPayload> {
  for (const key of keys) {
    try {
      return (await jwtVerify(token, key, { ...checks, algorithms: [SHARED_ALGORITHM] })).payload
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw asRefusal(error)
    }
  }
  throw refused('its signature is not good')
}

async function verifyWithSet(token: string, jwks: Jwks | null, checks: JWTVerifyOptions): Promise<JWTPayload> {
  if (jwks === null) throw refused('its algorithm is none that is used here')
  try {
    return await jwks.verify(token, checks)
  } catch (error) {
    throw asRefusal(error)
  }
}

function asRefusal(error: unknown): DomainError {
  if (error instanceof DomainError) return error
  return error instanceof errors.JWTExpired ? expired() : refused('it was not signed for here, or not yet good')
}

/** `JWT_ISSUER` and `JWT_AUDIENCE`. */
function requireNames({ iss, aud }: JWTPayload, { issuer = null, audience = null }: AuthenticatorOptions): void {
  if (iss === GUEST_ISSUER) throw refused('it bears a name that is not its own')
  if (issuer !== null && iss !== issuer) throw refused('it is not of the issuer that is trusted here')
  const audiences = Array.isArray(aud) ? aud : [aud]
  if (audience !== null && !audiences.includes(audience)) throw refused('it is meant for another audience')
}

const expired = (): DomainError => new DomainError('TOKEN_EXPIRED', 'Your token has expired. Get a new one.')
