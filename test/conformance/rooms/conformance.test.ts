import { join } from 'node:path'
import { describePythonSuite } from '../python/python-suite.ts'

describePythonSuite('rooms wire, by a client in another language', {
  path: join(import.meta.dirname, 'run.py'),
  profiles: {
    plain: { RATE_LIMITS: 'off', TRUST_PROXY: 'loopback' },
    limits: { TRUST_PROXY: 'loopback' },
    configured: {
      CORS_ORIGINS: 'https://chat.example',
      MAX_CONNECTIONS_PER_ADDRESS: '3',
      ROOM_MAX_PARTICIPANTS: '20',
      TRUST_PROXY: 'loopback',
    },
    untrusted: { RATE_LIMIT_HTTP_MAX: '5' },
    lifetime: { ROOM_DURATIONS: '1,2', IDLE_TIMEOUT: '6000', TRUST_PROXY: 'loopback' },
  },
  // Who speaks for other addresses is no proxy that the server trusts in one of them: see its only case.
  args: (profile) => (profile === 'untrusted' ? [] : ['--own-addresses']),
})
