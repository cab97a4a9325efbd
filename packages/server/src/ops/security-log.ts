import type { Logger } from 'pino'

/** Something that an operator who looks for abuse wants to see. Never holds a token. */
interface SecurityRecord {
  readonly type: string
  readonly wire: string
  readonly address: string
  readonly detail?: string
}

export type ReportSecurity = (record: SecurityRecord) => void

/** Writes the security stream, and counts it by type. */
export function createSecurityLog(logger: Logger, counted: (type: string) => void): ReportSecurity {
  return (record) => {
    counted(record.type)
    logger.warn(record, record.type.replaceAll('-', ' '))
  }
}
