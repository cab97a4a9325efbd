import { type Core, DomainError } from '@parley/core'
import type { Metrics } from './metrics.ts'

/** The core, with the time taken of what people wait for. */
export function observeCore(core: Core, metrics: Pick<Metrics, 'observeSend'>): Core {
  return {
    ...core,
    async send(caller, input) {
      const startedAt = performance.now()
      const seconds = (): number => (performance.now() - startedAt) / 1000
      try {
        const sent = await core.send(caller, input)
        metrics.observeSend(sent.duplicate ? 'duplicate' : 'sent', seconds())
        return sent
      } catch (error) {
        const isRefusal = error instanceof DomainError && error.code !== 'UNAVAILABLE'
        metrics.observeSend(isRefusal ? 'refused' : 'failed', seconds())
        throw error
      }
    },
  }
}
