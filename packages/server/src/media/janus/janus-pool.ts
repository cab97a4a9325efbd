import type { Clock } from '@parley/core'
import type { Logger } from 'pino'
import { JanusError } from './janus-errors.ts'
import type { JanusServer } from './janus-files.ts'
import { type JanusSession, openJanusSession } from './janus-session.ts'

/** A Janus that may be there or not. It is asked for again until it is. */
export interface PooledJanus {
  readonly server: JanusServer
  /** `null` while it is not there. */
  readonly session: JanusSession | null
}

export interface JanusPoolOptions {
  readonly servers: readonly JanusServer[]
  readonly clock: Clock
  readonly logger: Logger
  /** Called when a Janus is gone, and everything that was there. */
  onLost(janus: PooledJanus): void
  /** Called when a Janus is there, and empty. */
  onFound(janus: PooledJanus): void
}

export interface JanusPool extends AsyncDisposable {
  readonly januses: readonly PooledJanus[]
}

const FIRST_RETRY_MS = 50
const LAST_RETRY_MS = 2000
/** A Janus that is started again is there within moments, and people wait to hear each other: longer waits come later. */
const QUICK_RETRIES = 40

/** Resolves when each server has been asked once, found or not. */
export async function openJanusPool(options: JanusPoolOptions): Promise<JanusPool> {
  const members = options.servers.map((server) => createMember(server, options))
  await Promise.all(members.map(({ find }) => find()))
  return {
    januses: members.map(({ janus }) => janus),
    async [Symbol.asyncDispose]() {
      await Promise.all(members.map(({ close }) => close()))
    },
  }
}

function createMember(server: JanusServer, { clock, logger, onLost, onFound }: JanusPoolOptions) {
  const janus: { server: JanusServer; session: JanusSession | null } = { server, session: null }
  let failures = 0
  let stopTimer: () => void = () => undefined
  let isClosed = false

  async function find(): Promise<void> {
    try {
      const session = await openJanusSession(server, { clock, onLost: lose })
      if (isClosed) return await session[Symbol.asyncDispose]()
      if (failures > 0) logger.info({ url: server.url }, 'the media server is there')
      failures = 0
      janus.session = session
      onFound(janus)
    } catch (error) {
      tell(error)
      if (isClosed) return
      const delayMs = Math.min(FIRST_RETRY_MS * 2 ** Math.max(failures - QUICK_RETRIES, 0), LAST_RETRY_MS)
      failures += 1
      stopTimer = clock.schedule(clock.now() + delayMs, () => void find())
    }
  }

  /** Logs that it is missed, once for each time. */
  function tell(error: unknown): void {
    if (failures > 0 || isClosed) return
    const refused = error instanceof JanusError
    const text = refused ? 'the media server refuses us: is its secret right?' : 'the media server is not there'
    logger[refused ? 'error' : 'warn']({ url: server.url, err: error }, text)
  }

  function lose(error: Error): void {
    janus.session = null
    tell(error)
    onLost(janus)
    failures = 1
    void find()
  }

  return {
    janus,
    find,
    async close() {
      isClosed = true
      stopTimer()
      await janus.session?.[Symbol.asyncDispose]()
    },
  }
}
