import { describeEventBus } from '@parley/testkit/contracts'
import { createMemoryBus } from './memory-bus.ts'

describeEventBus('memory', async () => {
  const failures: unknown[] = []
  const bus = createMemoryBus((error) => failures.push(error))
  return {
    publisher: bus,
    subscriber: bus,
    failures,
    settle: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  }
})
