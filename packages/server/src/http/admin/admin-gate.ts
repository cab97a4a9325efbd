import { createHash, timingSafeEqual } from 'node:crypto'
import { DomainError, type RateLimiter } from '@parley/core'
import type { FastifyRequest } from 'fastify'
import type { ReportSecurity } from '../../ops/security-log.ts'
import type { ClientOrigin } from '../client-address.ts'

export interface AdminGateOptions {
  readonly adminToken: string
  readonly limiter: RateLimiter
  readonly rateLimits: boolean
  readonly client: ClientOrigin
  readonly security: ReportSecurity
}

/**
 * Lets in who brings the operator's token, before any body is read. Guessing is counted by address and written down;
 * how long the comparison takes says nothing of the token. Throws `UNAUTHENTICATED`, `RATE_LIMITED`.
 */
export function createAdminGate({ adminToken, limiter, rateLimits, client, security }: AdminGateOptions) {
  const wanted = digestOf(adminToken)

  return async (request: FastifyRequest): Promise<void> => {
    const address = client.address(request.raw)
    const given = /^bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1]
    if (rateLimits) {
      const { allowed, retryAfterMs } = await limiter.peek('adminFailed', address)
      if (!allowed) {
        security({ type: 'throttled', wire: 'admin', address })
        const message = 'Too many wrong tokens came from your address. Wait a while and try again.'
        throw new DomainError('RATE_LIMITED', message, { retryAfterMs })
      }
    }
    if (given !== undefined && timingSafeEqual(digestOf(given), wanted)) return
    // Whoever asks without one only looks whether there is something here.
    if (given === undefined) throw new DomainError('UNAUTHENTICATED', "This needs the operator's token.")
    security({ type: 'admin-token-refused', wire: 'admin', address })
    if (rateLimits) await limiter.take('adminFailed', address)
    throw new DomainError('UNAUTHENTICATED', "This is not the operator's token. ADMIN_TOKEN says which one is.")
  }
}

const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest()
