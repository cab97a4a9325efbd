import { createHmac } from 'node:crypto'

/** What the measured server signs and checks its tokens with. */
export const BENCH_SECRET = 'a secret for a bench on a closed machine only'

const LIFE_S = 3600
const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')

/**
 * A guest's token as the server itself would sign it. Ten thousand logins by REST would leave the server
 * with memory that the connections measured next then seem not to need.
 */
export function guestToken(userId: string, name: string): string {
  const now = Math.floor(Date.now() / 1000)
  const claims = { iss: 'urn:parley:guest', sub: userId, name, iat: now, exp: now + LIFE_S }
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`
  return `${signed}.${createHmac('sha256', BENCH_SECRET).update(signed).digest('base64url')}`
}
