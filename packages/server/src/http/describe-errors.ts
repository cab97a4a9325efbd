import { ERROR_STATUS, type ErrorCode } from '@parley/protocol/constants'
import { ERROR_TITLES } from '../wire/error-titles.ts'

/** `docs/reference/errors.md`. */
export function errorsPage(): string {
  const rows = (Object.entries(ERROR_STATUS) as [ErrorCode, number][]).map(
    ([code, status]) => `| \`${code}\` | ${status} | ${ERROR_TITLES[code]} |`,
  )
  return [
    '<!-- Generated from packages/protocol/src/errors.ts and packages/server/src/wire/error-titles.ts. -->',
    '',
    '# Error codes',
    '',
    'One closed list for every wire. REST answers with a problem document (RFC 9457, `application/problem+json`) that has `type`, `title`, `status`, `code`, `detail` and `requestId`; `VALIDATION_FAILED` adds `errors: [{ path, message }]`, `RATE_LIMITED` adds `retryAfterMs`. The status is what REST gives the code; only mistakes in HTTP itself have its own: 404 and 405 with `UNKNOWN_EVENT`, 408 and 431 with `VALIDATION_FAILED`.',
    '',
    '| Code | Status | Meaning |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}
