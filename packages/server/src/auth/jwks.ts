import { type Clock, DomainError } from '@parley/core'
import { createLocalJWKSet, errors, type JWTPayload, type JWTVerifyOptions, jwtVerify } from 'jose'

/** Algorithms with public keys alone: no secret is ever taken from the address. */
const ALGORITHMS = ['RS256', 'ES256', 'EdDSA', 'Ed25519']
const FRESH_MS = 600_000
/** After a fetch that failed: until the next for keys that are old, and while there are no keys at all. */
const COOLDOWN_MS = 30_000
const FIRST_COOLDOWN_MS = 2_000
/** Tokens that name unknown keys make nobody ask more often than this, but for a few at once: anybody can make them up. */
const UNKNOWN_EVERY_MS = 10_000
const UNKNOWN_AT_ONCE = 3
const TIMEOUT_MS = 5_000
const MAX_BYTES = 262_144

export interface JwksOptions {
  readonly url: string
  readonly clock: Pick<Clock, 'now'>
  /** Told when keys could not be fetched. */
  readonly report: (error: unknown) => void
}

/** The keys of an identity provider. */
export interface Jwks {
  /** The claims of a token that one of the keys signed. Throws jose's errors, and `UNAVAILABLE` while there are no keys. */
  verify(token: string, checks: JWTVerifyOptions): Promise<JWTPayload>
  /** Fetches the keys, so that the first token need not wait. Never rejects. */
  warm(): Promise<void>
}

type KeySet = ReturnType<typeof createLocalJWKSet>

/**
 * Keeps the keys, and fetches them anew in the background when they are ten minutes old, or at once for a key
 * that it does not know. While the address is away the keys that it had go on being good.
 */
export function createJwks({ url, clock, report }: JwksOptions): Jwks {
  let keys: KeySet | null = null
  let fetchedAt = Number.NEGATIVE_INFINITY
  let triedAt = Number.NEGATIVE_INFINITY
  let pending: Promise<void> | null = null
  /** When all that was asked for unknown keys is made up for. */
  let unknownPaidAt = Number.NEGATIVE_INFINITY

  async function fetchKeys(): Promise<void> {
    triedAt = clock.now()
    try {
      keys = createLocalJWKSet(JSON.parse(await fetchText(url)))
      fetchedAt = clock.now()
    } catch (error) {
      report(new Error(`The keys at ${url} could not be fetched`, { cause: error }))
    } finally {
      pending = null
    }
  }

  /** Whoever asks meanwhile waits for the same answer. */
  function refresh(cooldownMs: number): Promise<void> {
    if (pending === null && clock.now() - triedAt >= cooldownMs) pending = fetchKeys()
    return pending ?? Promise.resolve()
  }

  function refreshForUnknown(): Promise<void> {
    if (pending !== null) return pending
    const paidAt = Math.max(unknownPaidAt, clock.now()) + UNKNOWN_EVERY_MS
    if (paidAt > clock.now() + UNKNOWN_AT_ONCE * UNKNOWN_EVERY_MS) return Promise.resolve()
    unknownPaidAt = paidAt
    return refresh(0)
  }

  async function currentKeys(): Promise<KeySet> {
    if (keys === null) await refresh(FIRST_COOLDOWN_MS)
    else if (clock.now() - fetchedAt >= FRESH_MS) void refresh(COOLDOWN_MS)
    if (keys === null) {
      throw new DomainError('UNAVAILABLE', 'The keys that this token is checked with can not be had now. Try again.', {
        retryAfterMs: FIRST_COOLDOWN_MS,
      })
    }
    return keys
  }

  return {
    async verify(token, checks) {
      const tried = await currentKeys()
      try {
        return await verifyWith(tried, token, checks)
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
        // Others may have had them fetched meanwhile.
        if (keys === tried) await refreshForUnknown()
        if (keys === null || keys === tried) throw error
        return verifyWith(keys, token, checks)
      }
    },
    warm: () => refresh(0),
  }
}

async function verifyWith(keys: KeySet, token: string, checks: JWTVerifyOptions): Promise<JWTPayload> {
  const options = { ...checks, algorithms: ALGORITHMS }
  try {
    return (await jwtVerify(token, keys, options)).payload
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error
    // The token does not say which of them it was.
    for await (const key of error) {
      try {
        return (await jwtVerify(token, key, options)).payload
      } catch (other) {
        if (!(other instanceof errors.JWSSignatureVerificationFailed)) throw other
      }
    }
    throw new errors.JWSSignatureVerificationFailed()
  }
}

async function fetchText(url: string): Promise<string> {
  const answer = await fetch(url, {
    headers: { Accept: 'application/json' },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  if (!answer.ok) {
    await answer.body?.cancel()
    throw new Error(`It answered with status ${answer.status}`)
  }
  const text = await answer.text()
  if (text.length > MAX_BYTES) throw new Error('It answered with more than keys')
  return text
}
