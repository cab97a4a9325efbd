import type { Clock } from '@parley/core'
import { WebSocket } from 'ws'
import { JanusError, JanusLostError } from './janus-errors.ts'
import type { JanusMessage } from './janus-messages.ts'

export interface JanusLineOptions {
  readonly url: string
  /** Sent with every request. */
  readonly apiSecret: string | null
  readonly clock: Clock
  /** `janus-protocol`, or the one for administration. */
  readonly protocol?: string
}

/** A connection to Janus that takes questions. */
export interface JanusLine {
  /** Rejects with `JanusError` when Janus refuses, and with `JanusLostError` when it is gone or silent for too long. */
  ask(question: Question, timeoutMs?: number): Promise<JanusMessage>
  /** Hears what Janus says without being asked. */
  onMessage: (message: JanusMessage) => void
  /** Called once, at the end, whoever ended it. */
  onEnd: (error: JanusLostError) => void
  /** Ends it at once; whatever waits is rejected with this. */
  end(error: JanusLostError): void
  close(): void
}

type Question = { readonly janus: string } & Readonly<Record<string, unknown>>

interface Asker {
  readonly resolve: (answer: JanusMessage) => void
  readonly reject: (error: Error) => void
  readonly stopTimer: () => void
  /** Nothing but an acknowledgement follows. */
  readonly isAcknowledged: boolean
}

const CONNECT_TIMEOUT_MS = 1500
/** A Janus that hangs is found sooner, by its keepalives: this is for a single request that it forgets. */
const ANSWER_TIMEOUT_MS = 10_000

/** Connects. Rejects with `JanusLostError` when nobody is there. */
export async function openJanusLine(options: JanusLineOptions): Promise<JanusLine> {
  const { url, apiSecret, clock } = options
  const socket = await connect(options)
  const askers = new Map<string, Asker>()
  let asked = 0
  let lost: JanusLostError | null = null

  const line: JanusLine = {
    ask(question, timeoutMs = ANSWER_TIMEOUT_MS) {
      const { promise, resolve, reject } = Promise.withResolvers<JanusMessage>()
      if (lost !== null) {
        reject(lost)
        return promise
      }
      asked += 1
      const transaction = String(asked)
      const stopTimer = clock.schedule(clock.now() + timeoutMs, () => {
        askers.delete(transaction)
        reject(new JanusLostError(url, `it did not answer "${question.janus}" in ${timeoutMs} ms`))
      })
      askers.set(transaction, { resolve, reject, stopTimer, isAcknowledged: question.janus === 'keepalive' })
      socket.send(JSON.stringify({ ...question, transaction, ...(apiSecret !== null && { apisecret: apiSecret }) }))
      return promise
    },
    onMessage: () => undefined,
    onEnd: () => undefined,
    close: () => line.end(new JanusLostError(url, 'the line was closed')),
    end(error) {
      if (lost !== null) return
      lost = error
      socket.terminate()
      for (const { reject, stopTimer } of askers.values()) {
        stopTimer()
        reject(error)
      }
      askers.clear()
      line.onEnd(error)
    },
  }

  socket.on('message', (bytes) => {
    const message = JSON.parse(String(bytes)) as JanusMessage
    const asker = message.transaction === undefined ? undefined : askers.get(message.transaction)
    // What takes time is acknowledged first, and answered by an event.
    if (message.janus === 'ack' && asker?.isAcknowledged !== true) return
    if (asker === undefined || message.transaction === undefined) return line.onMessage(message)
    askers.delete(message.transaction)
    asker.stopTimer()
    if (message.error === undefined) asker.resolve(message)
    else asker.reject(new JanusError(message.error.code, message.error.reason))
  })
  socket.on('close', () => line.end(new JanusLostError(url, 'the connection was closed')))
  socket.on('error', (error) => line.end(new JanusLostError(url, error.message)))
  return line
}

function connect({ url, clock, protocol = 'janus-protocol' }: JanusLineOptions): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, protocol, { perMessageDeflate: false })
    const fail = (reason: string) => {
      stopTimer()
      socket.terminate()
      reject(new JanusLostError(url, reason))
    }
    // A hung Janus accepts connections, and says nothing.
    const stopTimer = clock.schedule(clock.now() + CONNECT_TIMEOUT_MS, () => fail('it does not answer'))
    socket.on('error', (error) => fail(error.message))
    socket.once('open', () => {
      stopTimer()
      socket.removeAllListeners('error')
      resolve(socket)
    })
  })
}
