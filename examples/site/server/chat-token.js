import { createHmac } from 'node:crypto'

/** Short, because it is easily renewed: the SDK asks for a new one before it ends. */
const LIFE_S = 15 * 60

/**
 * The token that tells Parley who a user of this site is: a JWT (RFC 7519) signed with the secret that the
 * site and Parley share. This is all that a site must be able to do.
 * @param {import('./users.js').User} user
 * @param {string} secret
 */
export function signChatToken(user, secret) {
  const issuedAt = Math.floor(Date.now() / 1000)
  const header = encode({ alg: 'HS256', typ: 'JWT' })
  const claims = encode({ sub: user.id, name: user.name, iat: issuedAt, exp: issuedAt + LIFE_S })
  const signature = createHmac('sha256', secret).update(`${header}.${claims}`).digest('base64url')
  return `${header}.${claims}.${signature}`
}

/** @param {object} part */
const encode = (part) => Buffer.from(JSON.stringify(part)).toString('base64url')
