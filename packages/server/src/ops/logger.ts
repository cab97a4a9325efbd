import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import pino, { type DestinationStream, type Level, type Logger, type StreamEntry } from 'pino'
import type { Config } from '../config/index.ts'
import type { Output } from './output.ts'
import { createPrettyStream } from './pretty-stream.ts'
import { redact } from './redact.ts'

export interface Loggers {
  readonly logger: Logger
  /** Refused tokens and origins, throttled guessing: a stream of its own, for those who watch for abuse. */
  readonly security: Logger
  close(): void
}

/** Lines for people in development, JSON in production; with `logDir` also files. No line holds a token. */
export function openLoggers(
  config: Pick<Config, 'environment' | 'logLevel' | 'logDir'>,
  output: Output = process.stdout,
): Loggers {
  const screen =
    config.environment === 'production' ? redacted({ write: (line) => output.write(line) }) : createPrettyStream(output)
  const options = { level: config.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime }
  if (config.logDir === null) {
    const logger = pino(options, screen)
    return { logger, security: logger.child({ stream: 'security' }), close: () => undefined }
  }

  const { logDir } = config
  mkdirSync(logDir, { recursive: true, mode: 0o750 })
  const files = ['combined', 'error', 'security'].map((name) =>
    pino.destination({ dest: join(logDir, `${name}.log`), sync: true, mode: 0o640 }),
  )
  const [combined, error, security] = files.map(redacted) as [DestinationStream, DestinationStream, DestinationStream]
  const everything: StreamEntry<Level>[] = [
    { level: 'trace', stream: screen },
    { level: 'trace', stream: combined },
    { level: 'error', stream: error },
  ]
  const withSecurity = pino.multistream([...everything, { level: 'trace', stream: security }])
  return {
    logger: pino(options, pino.multistream(everything)),
    security: pino({ ...options, base: { stream: 'security' } }, withSecurity),
    close() {
      for (const file of files) file.end()
    },
  }
}

const redacted = (stream: DestinationStream): DestinationStream => ({ write: (line) => stream.write(redact(line)) })
