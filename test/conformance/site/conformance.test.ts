import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { describeOnEachDatabase } from '@parley/testkit/services'
import { describePythonSuite } from '../python/python-suite.ts'

const API_KEY = randomBytes(24).toString('hex')
const COMMON = { TRUST_PROXY: 'loopback', API_KEY }

describeOnEachDatabase('the site wire', (openDatabase) => {
  describePythonSuite('by a client in another language', {
    path: join(import.meta.dirname, 'run.py'),
    profiles: {
      plain: { ...COMMON, RATE_LIMITS: 'off' },
      limits: COMMON,
      idle: { ...COMMON, MAX_IDLE_TIME: '5000' },
    },
    args: () => ['--api-key', API_KEY],
    openDatabase,
  })
})
