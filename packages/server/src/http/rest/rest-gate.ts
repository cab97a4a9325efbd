import { DomainError, type RateLimiter } from '@parley/core'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ApiKeys, ApiScope } from '../../auth/api-keys.ts'
import type { Authenticator, Identity } from '../../auth/authenticator.ts'
import type { ReportSecurity } from '../../ops/security-log.ts'
import type { ClientOrigin } from '../client-address.ts'
import { readCookie, writeCookie } from '../cookies.ts'
import { csrf } from '../csrf.ts'
import { tellLimit } from './tell-limit.ts'

/** Calls come in bursts, and none of them lasts as a socket does. */
const SITE_MAX_AGE_MS = 5_000

/** Who calls, as far as could be told before the body was read. */
export interface Caller {
  readonly identity: Identity | null
  /** What one of the site's own servers may do, when it is one that calls; then there is no identity. */
  readonly apiScopes: ReadonlySet<ApiScope> | null
  readonly address: string
  readonly isSecure: boolean
}

interface GateOptions {
  readonly authenticator: Authenticator
  readonly apiKeys: ApiKeys
  readonly limiter: RateLimiter
  readonly rateLimits: boolean
  readonly client: ClientOrigin
  readonly security: ReportSecurity
}

/** What a call's handler says of those who make it; of calls that nobody serves nothing. */
type GateRules = { readonly [Rule in 'ownLimitOnly' | 'takesBadTokens']?: boolean | undefined }

/**
 * What every call passes before its body is read: who calls, whether they may call that often, and for
 * callers known by cookie whether it is their page that calls. Calls with a limit of their own are not counted here.
 */
export function createGate({ authenticator, apiKeys, limiter, rateLimits, client, security }: GateOptions) {
  async function countCall(identity: Identity | null, address: string, reply: FastifyReply): Promise<void> {
    if (!rateLimits) return
    const decision =
      identity === null ? await limiter.take('http', address) : await limiter.take('httpUser', identity.userId)
    tellLimit(reply, decision)
    if (decision.allowed) return
    security({ type: 'throttled', wire: 'rest', address })
    throw new DomainError('RATE_LIMITED', 'Too many calls in a short time. Wait a while and try again.', {
      retryAfterMs: decision.retryAfterMs,
    })
  }

  /** A token that is no good is refused; `null` where that does not matter. */
  async function verify(
    token: string,
    address: string,
    reply: FastifyReply,
    takesBadTokens: boolean,
  ): Promise<Identity | null> {
    try {
      return await authenticator.verify(token, SITE_MAX_AGE_MS)
    } catch (error) {
      security({
        type: 'token-refused',
        wire: 'rest',
        address,
        ...(error instanceof DomainError && { detail: error.code }),
      })
      await countCall(null, address, reply)
      if (takesBadTokens && error instanceof DomainError) return null
      throw error
    }
  }

  /** A cookie comes by itself, so one that is out of date is dropped and not held against the caller. */
  async function fromCookie(request: FastifyRequest, reply: FastifyReply, isSecure: boolean): Promise<Identity | null> {
    const token = readCookie(request, 'token', isSecure)
    if (token === null) return null
    try {
      return await authenticator.verify(token, SITE_MAX_AGE_MS)
    } catch {
      writeCookie(reply, 'token', '', { isSecure, maxAge: 0 })
      return null
    }
  }

  /** The site's servers call as often as they must; whoever guesses at keys is counted like any stranger. */
  async function scopesOf(key: string, address: string, reply: FastifyReply): Promise<ReadonlySet<ApiScope>> {
    const scopes = apiKeys.scopesOf(key)
    if (scopes !== null) return scopes
    security({ type: 'api-key-refused', wire: 'rest', address })
    await countCall(null, address, reply)
    throw new DomainError('UNAUTHENTICATED', 'There is no such API key.')
  }

  return async (
    request: FastifyRequest,
    reply: FastifyReply,
    { ownLimitOnly: hasOwnLimit = false, takesBadTokens = false }: GateRules = {},
  ): Promise<Caller> => {
    const address = client.address(request.raw)
    const isSecure = client.isSecure(request.raw)
    const key = request.headers['x-api-key']
    if (typeof key === 'string') {
      return { identity: null, apiScopes: await scopesOf(key, address, reply), address, isSecure }
    }
    const bearer = bearerOf(request)
    if (bearer !== null) {
      const identity = await verify(bearer, address, reply, takesBadTokens)
      if (identity !== null && !hasOwnLimit) await countCall(identity, address, reply)
      return { identity, apiScopes: null, address, isSecure }
    }
    const identity = await fromCookie(request, reply, isSecure)
    if (identity === null || !hasOwnLimit) await countCall(identity, address, reply)
    const isSafe = request.method === 'GET' || request.method === 'HEAD'
    if (identity !== null && !isSafe) csrf.require(request, isSecure)
    return { identity, apiScopes: null, address, isSecure }
  }
}

function bearerOf({ headers }: FastifyRequest): string | null {
  return /^bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1] ?? null
}
