import type { FastifyInstance } from 'fastify'
import type { ReportSecurity } from '../ops/security-log.ts'
import type { ClientOrigin } from './client-address.ts'
import type { OriginPolicy } from './origin-policy.ts'
import { ProblemError } from './problem.ts'

const EXPOSED = 'RateLimit, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After'
const PREFLIGHT_LIFE_S = '600'

export interface CorsOptions {
  readonly origins: OriginPolicy
  readonly client: ClientOrigin
  readonly security: ReportSecurity
}

/**
 * Lets pages of the allowed origins read answers, and refuses calls that change something from pages of
 * any other: they are refused before anything happens, not only kept from reading the answer.
 */
export function registerCors(app: FastifyInstance, { origins, client, security }: CorsOptions): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('Vary', 'Origin')
    const origin = origins.crossOrigin(request.raw)
    if (origin !== null) {
      reply.header('Access-Control-Allow-Origin', origin).header('Access-Control-Expose-Headers', EXPOSED)
      if (origins.withCredentials) reply.header('Access-Control-Allow-Credentials', 'true')
    }
    if (request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined) {
      if (origin !== null) {
        reply
          .header('Access-Control-Allow-Methods', 'GET, HEAD, POST, PUT, PATCH, DELETE')
          .header('Access-Control-Allow-Headers', 'Authorization, Content-Type, X-CSRF-Token')
          .header('Access-Control-Max-Age', PREFLIGHT_LIFE_S)
      }
      return reply.status(204).send()
    }
    const isSafe = request.method === 'GET' || request.method === 'HEAD'
    if (isSafe || origins.allows(request.raw)) return
    const refused = request.headers.origin ?? ''
    security({ type: 'origin-refused', wire: 'rest', address: client.address(request.raw), detail: refused })
    throw new ProblemError(
      'FORBIDDEN',
      'Pages of this origin may not call this server. CORS_ORIGINS lists those that may.',
    )
  })
}
