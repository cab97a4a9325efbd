import type { Logger } from 'pino'

/** A terminal's Ctrl-C reaches npm and the server, and npm passes its own on: both mean one wish. */
const SAME_WISH_MS = 1000

/** Resolves with the first SIGTERM or SIGINT. Another one later ends the process at once. */
export function waitForSignal(): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>()
  let firstAtMs = Number.POSITIVE_INFINITY
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      const nowMs = performance.now()
      if (nowMs - firstAtMs > SAME_WISH_MS) process.exit(1)
      firstAtMs = Math.min(firstAtMs, nowMs)
      resolve(signal)
    })
  }
  return promise
}

/**
 * A promise that nobody awaits failed: a bug, but one request's and not everybody's, so it is logged and
 * the process goes on. An exception that nobody caught leaves the state unknown: logged, and the end.
 */
export function logStrayErrors(logger: Logger): void {
  process.on('unhandledRejection', (reason) =>
    logger.error({ err: reason }, 'a promise was rejected and nobody handled it'),
  )
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'an exception was not caught; the process ends')
    process.exit(1)
  })
}
