import { formatSpan } from './format-span.ts'
import { readToken, type TokenClaims } from './read-token.ts'
import type { Failure } from './result.ts'

/** How far the token's times may be off before the clocks are to blame. */
const CLOCK_TOLERANCE_MS = 1000

/** What is wrong with a token as far as it tells by itself; `null` when nothing is. */
function findFault(token: string, serverNowMs: number): Failure | null {
  const claims = readToken(token)
  if (claims === null) {
    return {
      why: 'This is no JSON Web Token: those are three parts with a dot between them.',
      advice: 'Copy it again, whole and without the quotes around it.',
    }
  }
  if (claims.algorithm === 'none') {
    return { why: 'It is not signed.', advice: 'Sign it with JWT_SECRET (HS256), or with a key of JWT_JWKS_URL.' }
  }
  const { expiresAtMs, notBeforeMs, subject } = claims
  if (subject === null) return { why: 'It names no user.', advice: 'Put the id of the user into the claim `sub`.' }
  if (expiresAtMs === null) {
    return {
      why: 'It never expires.',
      advice: 'Put a time in seconds into the claim `exp`: an hour from now serves well.',
    }
  }
  if (expiresAtMs <= serverNowMs) {
    return {
      why: `It expired ${formatSpan(serverNowMs - expiresAtMs)} ago, by the clock of the server.`,
      advice: 'Ask the site for a new one. A page does that by itself, in the callback `getToken`.',
    }
  }
  if (notBeforeMs !== null && notBeforeMs > serverNowMs + CLOCK_TOLERANCE_MS) {
    return {
      why: `It is valid only in ${formatSpan(notBeforeMs - serverNowMs)}, by the clock of the server.`,
      advice: 'Set the clocks of both machines by NTP.',
    }
  }
  return null
}

/** What a token that the server refuses may have against it. */
export function explainRefusedToken(token: string, serverNowMs: number): Failure {
  const fault = findFault(token, serverNowMs)
  if (fault !== null) return fault
  const claims = readToken(token)
  if (claims === null) throw new Error('A token without fault can be read')
  return {
    why: `The server does not accept it, though it ${describe(claims, serverNowMs)}.`,
    advice: adviceFor(claims),
  }
}

function describe({ subject, algorithm, expiresAtMs }: TokenClaims, serverNowMs: number): string {
  return `is for “${subject}”, signed with ${algorithm} and good for ${formatSpan((expiresAtMs ?? 0) - serverNowMs)} more`
}

function adviceFor({ algorithm, keyId, issuer, audience }: TokenClaims): string {
  const advice = algorithm.startsWith('HS')
    ? ['Its signature is wrong: the site must sign with the very text of the server’s JWT_SECRET (HS256).']
    : [
        `Its signature is wrong or its key unknown: JWT_JWKS_URL must list ${keyId === null ? 'the key' : `the key “${keyId}”`} for ${algorithm}.`,
      ]
  if (issuer !== null) advice.push(`Or its issuer “${issuer}” is not the server’s JWT_ISSUER.`)
  if (audience !== null) advice.push(`Or its audience “${audience}” is not JWT_AUDIENCE.`)
  advice.push('Or it was revoked.')
  return advice.join(' ')
}

/** A token that works, in words. */
export function describeToken(token: string, serverNowMs: number): string {
  const claims = readToken(token)
  if (claims === null) return 'it is accepted'
  return describe(claims, serverNowMs)
}
