import { messenger } from '@parley/protocol'
import { openWireSocket, type Transport, type WireSocket } from './wire-socket.ts'

interface MessengerFailure {
  readonly code: string
  readonly message: string
  readonly retryAfterMs?: number
}

export interface MessengerClient extends WireSocket<typeof messenger> {
  /** The failure that this is answered with; throws when it is accepted. */
  refused(event: string, data: unknown): Promise<MessengerFailure>
}

/** Connects to the messenger wire; rejects with the `connect_error`. */
export async function openMessengerClient(
  url: string,
  token: string,
  transport: Transport = 'websocket',
): Promise<MessengerClient> {
  const socket = await openWireSocket(messenger, url, { transport, token })
  return {
    ...socket,
    async refused(event, data) {
      const answer = await socket.emit(event, data)
      if (answer.ok !== false) throw new Error(`${event} was accepted: ${JSON.stringify(answer)}`)
      return answer.error as MessengerFailure
    },
  }
}
