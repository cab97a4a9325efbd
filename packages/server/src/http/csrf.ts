import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { readCookie, writeCookie } from './cookies.ts'
import { ProblemError } from './problem.ts'

const MAX_AGE_S = 86_400
const WELL_FORMED = /^[\w-]{43}$/

/**
 * Double submit: another site's page can make a browser send its cookies here, but can not read one to
 * put it into a header.
 */
export const csrf = {
  /** The caller's own token; a new one when they have none. */
  token(request: FastifyRequest, reply: FastifyReply, isSecure: boolean): string {
    const existing = readCookie(request, 'csrf', isSecure)
    const token = existing !== null && WELL_FORMED.test(existing) ? existing : randomBytes(32).toString('base64url')
    writeCookie(reply, 'csrf', token, { isSecure, maxAge: MAX_AGE_S })
    return token
  },

  /** Whether the request sent the header at all. Throws `CSRF_REJECTED` when it does not match the cookie. */
  isSubmitted(request: FastifyRequest, isSecure: boolean): boolean {
    const header = request.headers['x-csrf-token']
    if (header === undefined) return false
    const cookie = readCookie(request, 'csrf', isSecure)
    if (typeof header !== 'string' || cookie === null || !WELL_FORMED.test(header) || !WELL_FORMED.test(cookie))
      throw rejected()
    if (!timingSafeEqual(Buffer.from(header), Buffer.from(cookie))) throw rejected()
    return true
  },

  /** Throws `CSRF_REJECTED` when it was not sent, or does not match. */
  require(request: FastifyRequest, isSecure: boolean): void {
    if (!csrf.isSubmitted(request, isSecure)) throw rejected()
  },
}

const rejected = (): ProblemError =>
  new ProblemError(
    'CSRF_REJECTED',
    'Ask GET /api/csrf-token for a token, keep its cookie, and send the token as X-CSRF-Token.',
  )
