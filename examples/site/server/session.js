import { createHmac, timingSafeEqual } from 'node:crypto'

const NAME = 'harbour_session'
const LIFE_S = 7 * 86_400

/**
 * The site's own sessions: a cookie that says who and until when, signed, so that nobody can write another.
 * It is not Parley's business: it never leaves for there.
 * @param {string} secret
 */
export function createSessions(secret) {
  const sign = (/** @type {string} */ text) => createHmac('sha256', secret).update(text).digest('base64url')

  return {
    /**
     * The value of `Set-Cookie` that signs somebody in.
     * @param {string} userId
     * @param {boolean} isSecure
     */
    begin(userId, isSecure) {
      const content = `${userId}.${Math.floor(Date.now() / 1000) + LIFE_S}`
      return cookie(`${content}.${sign(content)}`, LIFE_S, isSecure)
    },

    /** @param {boolean} isSecure */
    end: (isSecure) => cookie('', 0, isSecure),

    /**
     * Who sent this request; `null` for nobody that is known.
     * @param {import('node:http').IncomingMessage} request
     */
    userId(request) {
      const value = new RegExp(`(?:^|; )${NAME}=([^;]+)`).exec(request.headers.cookie ?? '')?.[1] ?? ''
      const [userId = '', expiresAt = '', signature = ''] = value.split('.')
      const expected = Buffer.from(sign(`${userId}.${expiresAt}`))
      const given = Buffer.from(signature)
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null
      return Number(expiresAt) * 1000 > Date.now() ? userId : null
    },
  }
}

/**
 * @param {string} value
 * @param {number} lifeS
 * @param {boolean} isSecure
 */
function cookie(value, lifeS, isSecure) {
  return `${NAME}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${lifeS}${isSecure ? '; Secure' : ''}`
}
