import type { Logger } from 'pino'
import type { MetricsSource } from './metrics-source.ts'

const EVERY_MS = 300_000

/** Writes a line about what the server carries, every five minutes while it carries something. Returns what stops it. */
export function startSummaries(logger: Logger, source: MetricsSource): () => void {
  const write = async (): Promise<void> => {
    const { connections, deliveries, dropped, slowClosed } = source.wires()
    if (connections.active === 0) return
    const { conversations, members } = await source.conversations()
    logger.info({ connections: connections.active, conversations, members, deliveries, dropped, slowClosed }, 'summary')
  }
  const timer = setInterval(() => {
    write().catch((error: unknown) => logger.error({ err: error }, 'the summary could not be made'))
  }, EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}
