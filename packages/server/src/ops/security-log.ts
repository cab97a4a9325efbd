import type { Logger } from 'pino'

/** Every type of record: metrics count by it. */
export const SECURITY_TYPES = [
  'token-refused',
  'origin-refused',
  'throttled',
  'too-many-connections',
  'answers-unread',
  'flooding',
  'api-key-refused',
  'password-refused',
  'admin-token-refused',
  'admin-signed-in',
  'admin-action',
] as const
export type SecurityType = (typeof SECURITY_TYPES)[number]

/** Something that an operator who looks for abuse wants to see. Never holds a token. */
interface SecurityRecord {
  readonly type: SecurityType
  readonly wire: string
  readonly address: string
  readonly detail?: string
}

export type ReportSecurity = (record: SecurityRecord) => void

/** What only whoever runs the server can cause: nobody fills a disk with it, and none of it is left out. */
const ALWAYS_WRITTEN: ReadonlySet<SecurityType> = new Set(['admin-signed-in', 'admin-action'])
const WINDOW_MS = 60_000
/** Lines of one type about one address in a window. */
const MAX_LINES_OF_ONE = 10
const MAX_LINES = 600
/** What comes from outside, such as an origin, is cut to this. */
const MAX_DETAIL_LENGTH = 200

export interface SecurityLogOptions {
  readonly logger: Logger
  /** Called with the type of every record, written or not. */
  readonly count: (type: SecurityType) => void
  readonly now: () => number
}

/**
 * Writes the security stream, and counts it by type. Whoever is refused a thousand times a second fills no
 * disk: of more records than anybody reads, the number is written.
 */
export function createSecurityLog({ logger, count, now }: SecurityLogOptions): ReportSecurity {
  let windowEndsAt = 0
  let lines = 0
  let leftOut = 0
  const linesOf = new Map<string, number>()

  function startWindow(at: number): void {
    if (leftOut > 0) logger.warn({ type: 'left-out', count: leftOut }, 'more security events than are written')
    windowEndsAt = at + WINDOW_MS
    lines = 0
    leftOut = 0
    linesOf.clear()
  }

  return (record) => {
    count(record.type)
    const at = now()
    if (at >= windowEndsAt) startWindow(at)
    const key = `${record.type} ${record.address}`
    const before = linesOf.get(key) ?? 0
    const isBounded = !ALWAYS_WRITTEN.has(record.type)
    if (isBounded && (lines >= MAX_LINES || before >= MAX_LINES_OF_ONE)) {
      leftOut += 1
      return
    }
    lines += 1
    linesOf.set(key, before + 1)
    const { detail } = record
    const cut = detail === undefined ? {} : { detail: detail.slice(0, MAX_DETAIL_LENGTH) }
    logger.warn({ ...record, ...cut }, record.type.replaceAll('-', ' '))
  }
}
