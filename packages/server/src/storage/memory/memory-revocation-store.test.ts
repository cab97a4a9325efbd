import { describeRevocationStore } from '@parley/testkit/contracts'
import { createMemoryRevocationStore } from './memory-revocation-store.ts'

describeRevocationStore('memory', async () => ({
  revocations: createMemoryRevocationStore(),
  [Symbol.asyncDispose]: async () => undefined,
}))
