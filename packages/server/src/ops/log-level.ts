import type { admin } from '@parley/protocol'
import type { Logger } from 'pino'

/** The least important lines that this process writes; may be changed while it runs. */
export interface LogLevel {
  get(): admin.LogLevel
  set(level: admin.LogLevel): void
}

export function createLogLevel(logger: Logger): LogLevel {
  return {
    get: () => logger.level as admin.LogLevel,
    set(level) {
      logger.level = level
      // Whatever the level is now, that it was changed is worth a line where lines are read.
      logger.warn({ level }, 'the log level was changed')
    },
  }
}
