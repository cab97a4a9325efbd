import { ERROR_STATUS, type ErrorCode } from '@parley/protocol/constants'
import type { ServerData } from '@parley/protocol/messenger'
import { io } from 'socket.io-client'
import type { Line, LineEnd, OpenLine, TransportName } from './line.ts'

/** A line over Socket.IO: WebSocket, else long polling. */
export const openSocketIoLine: OpenLine = ({ url, token, transports }, listener): Line => {
  const { origin, path } = addressOf(url)
  const socket = io(origin, {
    path,
    // In the body of the first packet, so that no access log sees it.
    auth: { token },
    transports: [...transports],
    tryAllTransports: true,
    rememberUpgrade: false,
    // The connection's state machine times attempts and repeats them.
    reconnection: false,
    timeout: 60_000,
    forceNew: true,
    autoConnect: false,
  })
  let isOver = false
  const finish = (end: LineEnd): void => {
    if (isOver) return
    close()
    listener.ended(end)
  }
  const close = (): void => {
    isOver = true
    socket.removeAllListeners()
    socket.io.removeAllListeners()
    socket.disconnect()
  }

  socket.io.on('ping', () => listener.heard())
  socket.io.on('open', () => {
    socket.io.engine.on('upgrade', ({ name }) => {
      if (!isOver) listener.transportChanged(transportOf(name))
    })
  })
  socket.on('connect_error', (error) => {
    const refusal = refusalOf(error)
    finish(refusal ?? { kind: 'unreachable', silent: false })
  })
  socket.on('disconnect', (reason) => finish({ kind: reason === 'io server disconnect' ? 'hung-up' : 'lost' }))
  socket.onAny((event: string, data: unknown) => {
    if (isOver) return
    listener.heard()
    if (event !== 'connected') listener.event(event, data)
    else listener.opened(data as ServerData<'connected'>, transportOf(socket.io.engine.transport.name))
  })
  socket.connect()

  return {
    emit(event, data, onAnswer) {
      if (isOver) return
      socket.emit(event, data, (answer: unknown) => {
        if (isOver) return
        listener.heard()
        onAnswer(answer)
      })
    },
    close,
  }
}

const transportOf = (name: string): TransportName => (name === 'polling' ? 'polling' : 'websocket')

/** A server may live under a path; Socket.IO would take that for a namespace. */
function addressOf(url: string | undefined): { readonly origin: string; readonly path: string } {
  if (url === undefined || url === '') return { origin: '/', path: '/socket.io' }
  const { origin, pathname } = new URL(url)
  return { origin, path: `${pathname.replace(/\/+$/, '')}/socket.io` }
}

function refusalOf(error: Error): LineEnd | null {
  const data: unknown = 'data' in error ? error.data : undefined
  if (typeof data !== 'object' || data === null || !('code' in data)) return null
  const { code } = data
  if (typeof code !== 'string' || !Object.hasOwn(ERROR_STATUS, code)) return null
  const retryAfterMs = 'retryAfterMs' in data ? data.retryAfterMs : undefined
  return {
    kind: 'refused',
    code: code as ErrorCode,
    ...(typeof retryAfterMs === 'number' && { retryAfterMs }),
  }
}
