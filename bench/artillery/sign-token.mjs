import { createHmac } from 'node:crypto'

const LIFE_S = 3600

/** A user's token, as a site signs it: HS256 with the secret that it shares with Parley. */
export function signToken({ userId, name }) {
  const secret = required('JWT_SECRET').split(',')[0]
  const issuedAt = Math.floor(Date.now() / 1000)
  const head = encode({ alg: 'HS256', typ: 'JWT' })
  const claims = encode({ sub: userId, name, iat: issuedAt, exp: issuedAt + LIFE_S })
  return `${head}.${claims}.${createHmac('sha256', secret).update(`${head}.${claims}`).digest('base64url')}`
}

const encode = (part) => Buffer.from(JSON.stringify(part)).toString('base64url')

export function required(name) {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set`)
  return value
}
