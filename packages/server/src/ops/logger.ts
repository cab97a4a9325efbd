import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import pino, { type DestinationStream, type Level, type LevelWithSilent, type Logger, type StreamEntry } from 'pino'
import type { Config } from '../config/index.ts'
import { openLogFile } from './log-file.ts'
import type { Output } from './output.ts'
import { createPrettyStream } from './pretty-stream.ts'
import { redact } from './redact.ts'

export interface Loggers {
  readonly logger: Logger
  /** Refused tokens and origins, throttled guessing: a stream of its own, for those who watch for abuse. */
  readonly security: Logger
  /** The least important lines that are written from now on. The security stream always has all of its own. */
  setLevel(level: LevelWithSilent): void
  /** Logs everything that is useful in a search for a cause; with the next call it is the level of the configuration again. */
  toggleDebug(): string
  /** Begins new files where the old ones were moved away. */
  reopenFiles(): void
  close(): void
}

type LogConfig = Pick<Config, 'environment' | 'logLevel' | 'logDir' | 'logMaxMegabytes' | 'logDaily' | 'logFilesKept'>

const BYTES_IN_MEGABYTE = 1024 * 1024
const SECURITY_LEVEL = 'warn'

/** Lines for people in development, JSON in production; with `logDir` also files. No line holds a token. */
export function openLoggers(
  config: LogConfig,
  output: Output = process.stdout,
  now: () => number = () => Date.now(),
  /** Which of several processes this is, in each line. */
  worker: number | null = null,
): Loggers {
  const screen =
    config.environment === 'production' ? redacted({ write: (line) => output.write(line) }) : createPrettyStream(output)
  const base = worker === null ? null : { worker }
  const options = { level: config.logLevel, base, timestamp: pino.stdTimeFunctions.isoTime }
  const securityOptions = {
    ...options,
    level: config.logLevel === 'silent' ? 'silent' : SECURITY_LEVEL,
    base: { stream: 'security', ...base },
  }
  const files = openFiles(config, now)
  const everything: StreamEntry<Level>[] = [
    { level: 'trace', stream: screen },
    ...(files === null
      ? []
      : [
          { level: 'trace' as const, stream: redacted(files.combined) },
          { level: 'error' as const, stream: redacted(files.error) },
        ]),
  ]
  const withSecurity: StreamEntry<Level>[] =
    files === null ? everything : [...everything, { level: 'trace', stream: redacted(files.security) }]
  const logger = pino(options, pino.multistream(everything))
  return {
    logger,
    security: pino(securityOptions, pino.multistream(withSecurity)),
    setLevel(level) {
      logger.level = level
    },
    toggleDebug() {
      logger.level = logger.level === 'debug' ? config.logLevel : 'debug'
      return logger.level
    },
    reopenFiles() {
      for (const file of Object.values(files ?? {})) file.reopen()
    },
    close() {
      for (const file of Object.values(files ?? {})) file.close()
    },
  }
}

function openFiles({ logDir, logMaxMegabytes, logDaily, logFilesKept }: LogConfig, now: () => number) {
  if (logDir === null) return null
  mkdirSync(logDir, { recursive: true, mode: 0o750 })
  const rotation = {
    maxBytes: logMaxMegabytes === 0 ? null : logMaxMegabytes * BYTES_IN_MEGABYTE,
    isDaily: logDaily,
    kept: logFilesKept,
  }
  const open = (name: string) => openLogFile(join(logDir, `${name}.log`), rotation, now)
  return { combined: open('combined'), error: open('error'), security: open('security') }
}

const redacted = (stream: DestinationStream): DestinationStream => ({ write: (line) => stream.write(redact(line)) })
