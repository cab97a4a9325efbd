import type { RateDecision } from '@parley/core'
import type { FastifyReply } from 'fastify'

/** Draft-ietf-httpapi-ratelimit-headers-02: the limit, what is left of it, and seconds until it starts anew. */
export function tellLimit(reply: FastifyReply, { limit, remaining, resetAfterMs }: RateDecision): void {
  reply
    .header('RateLimit-Limit', limit)
    .header('RateLimit-Remaining', remaining)
    .header('RateLimit-Reset', Math.ceil(resetAfterMs / 1000))
}
