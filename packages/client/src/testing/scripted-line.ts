import type { Line, LineListener, OpenLine, TransportName } from '../line.ts'

/** A line whose other end is the test. */
export interface ScriptedLine {
  readonly token: string
  readonly transports: readonly TransportName[]
  readonly listener: LineListener
  /** Requests not yet answered, oldest first. */
  readonly requests: { readonly event: string; readonly data: unknown; readonly answer: (answer: unknown) => void }[]
  readonly isClosed: boolean
  /** Greets, as a server does that lets us in. */
  greet(timestamp?: number): void
}

export function createScriptedLines(): { readonly openLine: OpenLine; readonly lines: ScriptedLine[] } {
  const lines: ScriptedLine[] = []
  const openLine: OpenLine = ({ token, transports }, listener): Line => {
    let isClosed = false
    const requests: ScriptedLine['requests'] = []
    lines.push({
      token,
      transports,
      listener,
      requests,
      get isClosed() {
        return isClosed
      },
      greet(timestamp = 0) {
        listener.opened(
          { userId: 'u1', serverId: 's1', sessionId: `x${lines.length}`, timestamp, pendingNotifications: 0 },
          'websocket',
        )
      },
    })
    return {
      emit(event, data, answer) {
        requests.push({ event, data, answer })
      },
      close() {
        isClosed = true
      },
    }
  }
  return { openLine, lines }
}
