import cluster, { type Worker } from 'node:cluster'
import type { Logger } from 'pino'
import type { SharedMedia } from '../media/open-media.ts'
import { reportOf } from '../ops/health.ts'
import { backOffMs } from '../ops/supervisor/back-off.ts'
import type { FromWorker, MediaReport, ToWorker, WorkerReady } from './worker-messages.ts'

/** One that served so long did not fail at its start: the next wait is a short one again. */
const STABLE_MS = 30_000
/** Less than a worker waits for the answer. */
const METRICS_WITHIN_MS = 2000
/** How often workers are told how Janus and coturn do, if that has changed. */
const REPORT_EVERY_MS = 1000

export interface WorkerPoolOptions {
  readonly size: number
  readonly media: SharedMedia
  readonly logger: Logger
  /** Joins what the workers measured. */
  readonly joinMetrics: (metrics: readonly object[]) => Promise<string>
}

/** Processes that serve one port together. One that ends by itself is started again. */
export interface WorkerPool {
  /** Starts the first, and when it serves the others. Rejects when one of them ends before it serves; it has said why. */
  start(): Promise<WorkerReady>
  signal(signal: NodeJS.Signals): void
  /** Resolves when all have ended: after SIGTERM, and SIGKILL for those that take longer than `ms`. */
  stop(ms: number): Promise<void>
}

interface Slot {
  readonly number: number
  worker: Worker | null
  failures: number
  retry: NodeJS.Timeout | null
}

/** A worker ended before it served. */
export class WorkerFailed extends Error {
  override readonly name = 'WorkerFailed'
}

export function createWorkerPool({ size, media, logger, joinMetrics }: WorkerPoolOptions): WorkerPool {
  const slots: Slot[] = Array.from({ length: size }, (_, at) => ({
    ...{ number: at + 1, worker: null, failures: 0, retry: null },
  }))
  const reading = new Map<number, (metrics: object) => void>()
  let asks = 0
  let isStopping = false
  let told = ''
  let telling: NodeJS.Timeout | undefined

  const running = (): Worker[] => slots.flatMap(({ worker }) => (worker === null ? [] : [worker]))

  const mediaReport = (): MediaReport => ({
    ...media,
    janusServices: media.janusServices.map(reportOf),
    turnServices: media.turnServices.map(reportOf),
  })

  /** A worker sees none of these programs end or come back itself. */
  function tellServices(): void {
    const { janusServices, turnServices } = mediaReport()
    const services = [...janusServices, ...turnServices]
    const now = JSON.stringify(services)
    if (now === told) return
    told = now
    for (const worker of running()) say(worker, { type: 'services', services })
  }

  /** Resolves when the worker serves. */
  function launch(slot: Slot): Promise<WorkerReady> {
    const worker = cluster.fork()
    const served = Promise.withResolvers<WorkerReady>()
    let servedAt: number | null = null
    slot.worker = worker
    worker.on('message', (message: FromWorker) => {
      switch (message.type) {
        case 'here':
          say(worker, { type: 'start', worker: slot.number, media: mediaReport() })
          break
        case 'ready':
          servedAt = performance.now()
          served.resolve(message.ready)
          break
        case 'metrics':
          reading.get(message.ask)?.(message.metrics)
          break
        case 'ask-all-metrics':
          void answerMetrics(worker, message.ask)
          break
      }
    })
    worker.once('exit', (code, signal) => {
      slot.worker = null
      served.reject(new WorkerFailed(`Worker ${slot.number} ended before it served.`))
      if (isStopping || servedAt === null) return
      if (performance.now() - servedAt >= STABLE_MS) slot.failures = 0
      // An operator may have drained it.
      if (code === 0) logger.info({ worker: slot.number }, 'a worker ended as it was asked to; it is started again')
      else logger.error({ worker: slot.number, code, signal }, 'a worker ended; it is started again')
      relaunch(slot)
    })
    return served.promise
  }

  function relaunch(slot: Slot): void {
    slot.failures += 1
    slot.retry = setTimeout(
      () => {
        slot.retry = null
        launch(slot).then(
          () => logger.info({ worker: slot.number }, 'a worker serves again'),
          () => {
            if (!isStopping) relaunch(slot)
          },
        )
      },
      backOffMs(slot.failures, Math.random()),
    )
  }

  async function answerMetrics(asker: Worker, ask: number): Promise<void> {
    const read = await Promise.all(running().map((worker) => readMetrics(worker)))
    const metrics = read.filter((one) => one !== null)
    const text = await joinMetrics(metrics).catch((err: unknown) => {
      logger.warn({ err }, 'the metrics of the workers could not be joined')
      return null
    })
    say(asker, { type: 'all-metrics', ask, text })
  }

  /** `null` from one that does not answer in time. */
  async function readMetrics(worker: Worker): Promise<object | null> {
    const ask = ++asks
    const { promise, resolve } = Promise.withResolvers<object | null>()
    reading.set(ask, resolve)
    const tooLate = setTimeout(resolve, METRICS_WITHIN_MS, null)
    say(worker, { type: 'read-metrics', ask })
    try {
      return await promise
    } finally {
      clearTimeout(tooLate)
      reading.delete(ask)
    }
  }

  return {
    async start() {
      const [first, ...others] = slots
      if (first === undefined) throw new TypeError('A pool has at least one worker')
      telling = setInterval(tellServices, REPORT_EVERY_MS)
      // What only one may do (migrations, a secret that is made) is done when the others come.
      const ready = await launch(first)
      await Promise.all(others.map(launch))
      return ready
    },
    signal(signal) {
      for (const worker of running()) worker.process.kill(signal)
    },
    async stop(ms) {
      isStopping = true
      clearInterval(telling)
      for (const { retry } of slots) if (retry !== null) clearTimeout(retry)
      const left = running()
      const ended = Promise.all(
        left.map((worker) => new Promise<void>((resolve) => worker.once('exit', () => resolve()))),
      )
      for (const worker of left) worker.process.kill('SIGTERM')
      const tooLate = setTimeout(() => {
        for (const worker of running()) worker.process.kill('SIGKILL')
      }, ms)
      await ended
      clearTimeout(tooLate)
    },
  }
}

function say(worker: Worker, message: ToWorker): void {
  if (worker.isConnected()) worker.send(message)
}
