import { type Core, DomainError } from '@parley/core'
import type { CallStep, Metrics } from './metrics.ts'

/** The core, with the time taken of what people wait for, and a count of what operators ask about. */
export function observeCore(core: Core, metrics: Pick<Metrics, 'observeSend' | 'countReturn' | 'countCall'>): Core {
  /** The same function, counted when it succeeds. */
  const counted =
    <Args extends unknown[], Result>(step: CallStep, run: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      const result = await run(...args)
      metrics.countCall(step)
      return result
    }

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
    async enter(caller, input) {
      const entered = await core.enter(caller, input)
      if (input.since !== null && entered.status === 'entered') {
        metrics.countReturn(entered.recovered ? 'recovered' : 'snapshot')
      }
      return entered
    },
    initiateCall: counted('started', core.initiateCall),
    answerCall: counted('answered', core.answerCall),
    rejectCall: counted('rejected', core.rejectCall),
    endCall: counted('ended', core.endCall),
  }
}
