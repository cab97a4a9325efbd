import type { SharedMedia } from '../media/open-media.ts'
import type { ServiceReport } from '../ops/health.ts'

/** Where a worker serves, and on what. */
export interface WorkerReady {
  readonly urls: readonly string[]
  readonly runsOn: string
}

/** What was started for all workers, and how it does. */
export interface MediaReport extends Omit<SharedMedia, 'janusServices' | 'turnServices'> {
  readonly janusServices: readonly ServiceReport[]
  readonly turnServices: readonly ServiceReport[]
}

/** What the primary says to a worker. */
export type ToWorker =
  | { readonly type: 'start'; readonly worker: number; readonly media: MediaReport }
  /** How the programs behind media do now. */
  | { readonly type: 'services'; readonly services: readonly ServiceReport[] }
  | { readonly type: 'read-metrics'; readonly ask: number }
  /** `null`: they could not be had. */
  | { readonly type: 'all-metrics'; readonly ask: number; readonly text: string | null }

/** What a worker says to the primary. */
export type FromWorker =
  /** It listens to what is said to it. */
  | { readonly type: 'here' }
  | { readonly type: 'ready'; readonly ready: WorkerReady }
  | { readonly type: 'metrics'; readonly ask: number; readonly metrics: object }
  | { readonly type: 'ask-all-metrics'; readonly ask: number }
