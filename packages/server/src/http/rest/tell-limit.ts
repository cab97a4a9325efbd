import type { RateDecision } from '@parley/core'
import type { FastifyReply } from 'fastify'
import type { Refusal } from '../../wire/dispatch.ts'

/**
 * The limit, what is left of it, and seconds until it starts anew, in both ways that clients look for:
 * draft-ietf-httpapi-ratelimit-headers-02 has a header for each, -07 one for all.
 */
export function tellLimit(
  reply: FastifyReply,
  { limit, remaining, resetAfterMs }: Omit<RateDecision, 'allowed' | 'retryAfterMs'>,
): void {
  const reset = Math.ceil(resetAfterMs / 1000)
  reply
    .header('RateLimit', `limit=${limit}, remaining=${remaining}, reset=${reset}`)
    .header('RateLimit-Limit', limit)
    .header('RateLimit-Remaining', remaining)
    .header('RateLimit-Reset', reset)
}

/** Whatever was told before of how the caller stands: for one who is refused nothing is left until they may try again. */
export function tellRefusal(reply: FastifyReply, { code, retryAfterMs }: Refusal): void {
  const limit = Number(reply.getHeader('RateLimit-Limit'))
  if (code !== 'RATE_LIMITED' || retryAfterMs === undefined || !limit) return
  tellLimit(reply, { limit, remaining: 0, resetAfterMs: retryAfterMs })
}
