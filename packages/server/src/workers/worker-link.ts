import type { SharedMedia } from '../media/open-media.ts'
import type { Service, ServiceReport } from '../ops/health.ts'
import type { FromWorker, ToWorker, WorkerReady } from './worker-messages.ts'

const ANSWER_WITHIN_MS = 3000

/** One of several processes that serve one port, and its line to the one that started them. */
export interface WorkerLink {
  /** Its number, from 1. A worker that is started again has the number of the one before it. */
  readonly number: number
  /** What was started for all workers together. */
  readonly media: SharedMedia
  ready(news: WorkerReady): void
  /** Tells the primary this worker's metrics whenever it asks. */
  answerMetrics(read: () => Promise<object>): void
  /** The metrics of all workers, as Prometheus reads them; `null` when they can't be had. */
  allMetrics(): Promise<string | null>
}

/** In a process that was started as a worker: resolves when it is told which one it is. */
export async function joinPrimary(): Promise<WorkerLink> {
  const asked = new Map<number, (text: string | null) => void>()
  const started = Promise.withResolvers<Extract<ToWorker, { type: 'start' }>>()
  let read: (() => Promise<object>) | null = null
  const reports = new Map<string, ServiceReport>()
  let asks = 0

  function keep(services: readonly ServiceReport[]): void {
    for (const report of services) reports.set(report.name, report)
  }

  process.on('message', (message: ToWorker) => {
    switch (message.type) {
      case 'start':
        keep([...message.media.janusServices, ...message.media.turnServices])
        started.resolve(message)
        break
      case 'services':
        keep(message.services)
        break
      case 'read-metrics':
        // One that fails is left out of the answer.
        read?.().then(
          (metrics) => say({ type: 'metrics', ask: message.ask, metrics }),
          () => undefined,
        )
        break
      case 'all-metrics':
        asked.get(message.ask)?.(message.text)
        break
    }
  })
  say({ type: 'here' })
  const { worker, media } = await started.promise
  const live = ({ name, ...first }: ServiceReport): Service => ({
    name,
    state: () => reports.get(name)?.state ?? first.state,
    restarts: () => reports.get(name)?.restarts ?? first.restarts,
  })

  return {
    number: worker,
    media: {
      ...media,
      janusServices: media.janusServices.map(live),
      turnServices: media.turnServices.map(live),
    },
    ready: ({ urls, runsOn }) => say({ type: 'ready', ready: { urls, runsOn } }),
    answerMetrics(reader) {
      read = reader
    },
    async allMetrics() {
      const ask = ++asks
      const { promise, resolve } = Promise.withResolvers<string | null>()
      asked.set(ask, resolve)
      const tooLate = setTimeout(resolve, ANSWER_WITHIN_MS, null)
      say({ type: 'ask-all-metrics', ask })
      try {
        return await promise
      } finally {
        clearTimeout(tooLate)
        asked.delete(ask)
      }
    },
  }
}

function say(message: FromWorker): void {
  // A primary that is gone takes its workers with it.
  if (process.connected) process.send?.(message)
}
