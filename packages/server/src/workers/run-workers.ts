import type { Config } from '../config/index.ts'
import { StartError } from '../http/listen.ts'
import { createSystemClock } from '../ids/system-clock.ts'
import { openMedia } from '../media/open-media.ts'
import { onControlSignals } from '../ops/control-signals.ts'
import { openLoggers } from '../ops/logger.ts'
import { joinMetrics } from '../ops/metrics.ts'
import { logStrayErrors } from '../ops/wait-for-signal.ts'
import { createWorkerPool, WorkerFailed } from './worker-pool.ts'

/** What a worker may take beyond the time that it has for its connections. */
const STOP_GRACE_MS = 15_000

/**
 * Serves with `config.workers` processes until `signalled` resolves, then ends them in good order. What there is once
 * on a machine, Janus and coturn, is started here, and used by all of them. Throws `StartError` when they can't serve.
 */
export async function runWorkers(
  config: Config,
  warnings: readonly string[],
  signalled: Promise<NodeJS.Signals>,
): Promise<void> {
  await using opened = new AsyncDisposableStack()
  const loggers = openLoggers(config)
  opened.defer(loggers.close)
  const { logger } = loggers
  logStrayErrors(logger)
  for (const warning of warnings) logger.warn(warning)
  const clock = createSystemClock()
  const media = opened.use(await openMedia(config, { clock, logger, isServed: config.role === 'all', shared: null }))
  const pool = createWorkerPool({ size: config.workers, media: media.shared, logger, joinMetrics })
  const longestStopMs = config.shutdownDelayMs + config.shutdownTimeoutMs + STOP_GRACE_MS
  opened.defer(() => pool.stop(longestStopMs))
  onControlSignals({
    reload() {
      loggers.reopenFiles()
      pool.signal('SIGHUP')
    },
    toggleDebug() {
      loggers.toggleDebug()
      pool.signal('SIGUSR2')
    },
  })
  const ready = await Promise.race([pool.start().catch(explain), signalled])
  if (typeof ready === 'string') return
  logger.info(`Parley is ready at ${ready.urls.join(' and ')} with ${config.workers} workers`)
  logger.info(ready.runsOn)
  logger.info(`${await signalled}: closing`)
}

/** The worker itself has said why. */
function explain(error: unknown): never {
  if (!(error instanceof WorkerFailed)) throw error
  throw new StartError(`${error.message} Nothing is served; what it said is above.`, { cause: error })
}
