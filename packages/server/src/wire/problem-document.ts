import { ERROR_STATUS, type ErrorCode } from '@parley/protocol/constants'
import { type Refusal, withErrors } from './dispatch.ts'
import { ERROR_TITLES } from './error-titles.ts'

export const PROBLEM_TYPE = 'application/problem+json'

/** The `type` of a problem document: a name, not an address. */
const problemType = (code: ErrorCode): string => `urn:parley:problem:${code.toLowerCase().replaceAll('_', '-')}`

/** A problem document (RFC 9457) with the headers that go with it; `Retry-After` where waiting helps. */
export function problemDocument(
  refusal: Refusal,
  status: number = ERROR_STATUS[refusal.code],
): { readonly headers: Readonly<Record<string, string>>; readonly body: string } {
  const { code, message, errors, retryAfterMs, requestId } = withErrors(refusal)
  const title = ERROR_TITLES[code]
  return {
    headers: {
      'Content-Type': PROBLEM_TYPE,
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      ...(retryAfterMs !== undefined && { 'Retry-After': String(Math.ceil(retryAfterMs / 1000)) }),
      ...(status === 401 && { 'WWW-Authenticate': 'Bearer' }),
    },
    body: JSON.stringify({
      type: problemType(code),
      title,
      status,
      code,
      detail: message,
      errors,
      retryAfterMs,
      requestId,
    }),
  }
}

/** The same as an HTTP/1.1 answer on a connection that ends with it. */
export function rawProblemAnswer(refusal: Refusal, status: number, reason: string): string {
  const { headers, body } = problemDocument(refusal, status)
  const lines = Object.entries({ ...headers, 'Content-Length': Buffer.byteLength(body), Connection: 'close' })
  return `HTTP/1.1 ${status} ${reason}\r\n${lines.map(([name, value]) => `${name}: ${value}`).join('\r\n')}\r\n\r\n${body}`
}
