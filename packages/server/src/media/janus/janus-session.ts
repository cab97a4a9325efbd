import type { Clock } from '@parley/core'
import { JanusError, JanusLostError } from './janus-errors.ts'
import type { JanusServer } from './janus-files.ts'
import { openJanusLine } from './janus-line.ts'
import type { HandleEvent, JanusDescription, RoomAnswers, RoomRequests } from './janus-messages.ts'

export interface JanusSessionOptions {
  readonly clock: Clock
  /** Called once, when the session is gone by no wish of ours. Everything on it is gone too. */
  onLost(error: JanusLostError): void
}

/** A session on one Janus, kept alive until it is closed or lost. */
export interface JanusSession extends AsyncDisposable {
  /** Opens a handle of the VideoRoom. `onEvent` hears what Janus says to it without being asked. */
  attach(onEvent: (event: HandleEvent) => void): Promise<JanusHandle>
}

export interface JanusHandle {
  readonly id: number
  /** Rejects with `JanusError` when Janus refuses, and with `JanusLostError` when it is gone. */
  request<N extends keyof RoomRequests & keyof RoomAnswers>(
    name: N,
    body: RoomRequests[N],
    jsep?: JanusDescription,
  ): Promise<{ readonly data: RoomAnswers[N]; readonly jsep: JanusDescription | null }>
  /** Closes its PeerConnection. Never rejects. */
  hangup(): Promise<void>
  /** Closes the handle with its PeerConnection. Never rejects: what is lost is closed as well. */
  detach(): Promise<void>
}

const PLUGIN = 'janus.plugin.videoroom'
const KEEPALIVE_MS = 1000
/** A Janus that takes longer to answer a keepalive hangs. */
const HUNG_MS = 1500

/** Resolves when the session is there. Rejects with `JanusLostError`, or `JanusError` (a wrong secret: 403). */
export async function openJanusSession(server: JanusServer, options: JanusSessionOptions): Promise<JanusSession> {
  const { url, apiSecret } = server
  const { clock } = options
  const line = await openJanusLine({ url, apiSecret, clock })
  const listeners = new Map<number, (event: HandleEvent) => void>()
  let stopKeepalive: () => void = () => undefined
  let isClosed = false

  const session_id = await createSession()
  line.onMessage = (message) => {
    if (message.janus === 'timeout') line.end(new JanusLostError(url, 'the session ended'))
    else if (message.sender !== undefined) listeners.get(message.sender)?.(message)
  }
  line.onEnd = (error) => {
    stopKeepalive()
    listeners.clear()
    if (!isClosed) options.onLost(error)
  }
  keepAlive()

  async function createSession(): Promise<number> {
    try {
      const { data } = await line.ask({ janus: 'create' }, HUNG_MS)
      if (data !== undefined) return data.id
      throw new JanusLostError(url, 'it gave the session no id')
    } catch (error) {
      line.end(new JanusLostError(url, 'it gave no session'))
      throw error
    }
  }

  function keepAlive(): void {
    stopKeepalive = clock.schedule(clock.now() + KEEPALIVE_MS, () => {
      line.ask({ janus: 'keepalive', session_id }, HUNG_MS).then(
        () => {
          if (!isClosed) keepAlive()
        },
        (error: Error) => line.end(new JanusLostError(url, error.message)),
      )
    })
  }

  return {
    async attach(onEvent) {
      const { data } = await line.ask({ janus: 'attach', session_id, plugin: PLUGIN })
      if (data === undefined) throw new JanusLostError(url, 'it gave a handle no id')
      const handle_id = data.id
      listeners.set(handle_id, onEvent)
      return {
        id: handle_id,
        async request(name, body, jsep) {
          const question = { janus: 'message', session_id, handle_id, body: { request: name, ...body } }
          const answer = await line.ask(jsep === undefined ? question : { ...question, jsep })
          const data = answer.plugindata?.data ?? {}
          if (data.error_code !== undefined) throw new JanusError(data.error_code, `${name}: ${data.error}`)
          return { data: data as RoomAnswers[typeof name], jsep: answer.jsep ?? null }
        },
        async hangup() {
          await line.ask({ janus: 'hangup', session_id, handle_id }).catch(() => undefined)
        },
        async detach() {
          listeners.delete(handle_id)
          await line.ask({ janus: 'detach', session_id, handle_id }).catch(() => undefined)
        },
      }
    },
    async [Symbol.asyncDispose]() {
      isClosed = true
      stopKeepalive()
      await line.ask({ janus: 'destroy', session_id }, HUNG_MS).catch(() => undefined)
      line.close()
    },
  }
}

export interface JanusInfo {
  readonly version: string
  /** Whether it has the VideoRoom. */
  readonly hasRooms: boolean
}

/** What the Janus at this address says of itself, without any secret. Rejects with `JanusLostError` when it is not there or hangs. */
export async function askJanusInfo(server: Pick<JanusServer, 'url'>, clock: Clock): Promise<JanusInfo> {
  const line = await openJanusLine({ url: server.url, apiSecret: null, clock })
  try {
    const info = await line.ask({ janus: 'info' }, HUNG_MS)
    return { version: info.version_string ?? 'unknown', hasRooms: PLUGIN in (info.plugins ?? {}) }
  } finally {
    line.close()
  }
}
