/** What a token says about itself. Nothing of it is verified: it explains, it proves nothing. */
export interface TokenClaims {
  readonly algorithm: string
  readonly keyId: string | null
  readonly subject: string | null
  readonly issuer: string | null
  readonly audience: string | null
  readonly issuedAtMs: number | null
  readonly notBeforeMs: number | null
  readonly expiresAtMs: number | null
}

/** `null` when it is no JWT at all. */
export function readToken(token: string): TokenClaims | null {
  const [header, payload, signature, ...rest] = token.split('.')
  if (header === undefined || payload === undefined || signature === undefined || rest.length > 0) return null
  const head = fromBase64Json(header)
  const claims = fromBase64Json(payload)
  if (head === null || claims === null) return null
  return {
    algorithm: text(head.alg) ?? 'none',
    keyId: text(head.kid),
    subject: text(claims.sub),
    issuer: text(claims.iss),
    audience: Array.isArray(claims.aud) ? claims.aud.join(', ') : text(claims.aud),
    issuedAtMs: seconds(claims.iat),
    notBeforeMs: seconds(claims.nbf),
    expiresAtMs: seconds(claims.exp),
  }
}

function fromBase64Json(part: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)
const seconds = (value: unknown): number | null => (typeof value === 'number' ? value * 1000 : null)
