import { io } from 'socket.io-client'
import { LineEnded } from '../../clients/line-ended.ts'
import { ANSWER_WAIT_MS, Refused } from './line.ts'

export type Transport = 'websocket' | 'polling'

/** The official Socket.IO client, for as long as its connection lasts. */
export interface ChaosSocket extends Disposable {
  readonly ended: Promise<string>
  /** `onAnswer` is called in the turn in which the answer comes. */
  ask<T>(event: string, data: object, onAnswer: (answer: T) => void): Promise<void>
}

interface Answer {
  readonly ok: boolean
  readonly error?: { readonly code: string; readonly message: string }
}

const CONNECT_WAIT_MS = 5000

export async function openSocket(
  url: string,
  options: { readonly transport: Transport; readonly token: string | null },
  onEvent: (event: string, data: unknown) => void,
): Promise<ChaosSocket> {
  const socket = io(url, {
    ...(options.token !== null && { auth: { token: options.token } }),
    transports: [options.transport],
    reconnection: false,
    forceNew: true,
    timeout: CONNECT_WAIT_MS,
  })
  socket.onAny(onEvent)
  const ended = Promise.withResolvers<string>()
  const waiting = new Set<(reason: LineEnded) => void>()
  socket.once('disconnect', (reason) => {
    socket.close()
    for (const reject of waiting) reject(new LineEnded(reason))
    ended.resolve(reason)
  })
  await new Promise<void>((resolve, reject) => {
    const giveUp = (reason: unknown): void => {
      clearTimeout(tooLate)
      socket.close()
      reject(reason instanceof Error ? reason : new LineEnded(String(reason)))
    }
    // The transport may stand and the wire's own handshake never be answered.
    const tooLate = setTimeout(giveUp, CONNECT_WAIT_MS, 'no connection in time')
    socket.once('connect', () => {
      clearTimeout(tooLate)
      resolve()
    })
    socket.once('connect_error', giveUp)
    void ended.promise.then(giveUp)
  })
  return {
    ended: ended.promise,
    ask<T>(event: string, data: object, onAnswer: (answer: T) => void) {
      return new Promise<void>((resolve, reject) => {
        if (!socket.connected) {
          reject(new LineEnded('it ended before this was asked'))
          return
        }
        waiting.add(reject)
        const noAnswer = setTimeout(() => socket.disconnect(), ANSWER_WAIT_MS)
        socket.emit(event, data, (answer: Answer & T) => {
          clearTimeout(noAnswer)
          waiting.delete(reject)
          if (answer.ok) {
            onAnswer(answer)
            resolve()
          } else reject(new Refused(event, answer.error ?? { code: 'none', message: JSON.stringify(answer) }))
        })
      })
    },
    [Symbol.dispose]: () => void socket.disconnect(),
  }
}
