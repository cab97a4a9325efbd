import type { RateDecision } from '@parley/core'
import type { FastifyReply } from 'fastify'

/**
 * The limit, what is left of it, and seconds until it starts anew, in both ways that clients look for:
 * draft-ietf-httpapi-ratelimit-headers-02 has a header for each, -07 one for all.
 */
export function tellLimit(reply: FastifyReply, { limit, remaining, resetAfterMs }: RateDecision): void {
  const reset = Math.ceil(resetAfterMs / 1000)
  reply
    .header('RateLimit', `limit=${limit}, remaining=${remaining}, reset=${reset}`)
    .header('RateLimit-Limit', limit)
    .header('RateLimit-Remaining', remaining)
    .header('RateLimit-Reset', reset)
}
