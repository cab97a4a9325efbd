import { io, type Socket } from 'socket.io-client'
import { explainAnswer } from './explain-answer.ts'
import { explainError } from './explain-error.ts'
import { httpRequest, timedOut } from './http-request.ts'
import { tryUpgrade } from './probe-websocket.ts'
import { CheckFailed } from './result.ts'
import type { Target } from './target.ts'

const TIMEOUT_MS = 8000
const ROUND_TRIPS = 3

export interface SocketioProbe {
  readonly target: Target
  readonly transport: 'websocket' | 'polling'
  /** In the handshake: the messenger wire. Without it: the site wire. */
  readonly handshakeToken: string | null
  /** Sent with `authenticate`: the site wire. */
  readonly authenticateToken: string | null
}

export interface SocketioFindings {
  readonly connectMs: number
  readonly roundTripMs: number | null
  readonly serverId: string
}

/** The server's own word against a connection or an event. */
export class SocketioRefused extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/**
 * Connects with the official client on one transport, waits for `connected`, proves the token where one is
 * given and measures a few round trips. Rejects with `SocketioRefused` or `CheckFailed`.
 */
export async function probeSocketio(probe: SocketioProbe): Promise<SocketioFindings> {
  const { target, transport, handshakeToken, authenticateToken } = probe
  const startedAt = performance.now()
  const socket = io(target.base.origin, {
    path: target.at('socket.io/').pathname,
    transports: [transport],
    forceNew: true,
    reconnection: false,
    timeout: TIMEOUT_MS,
    ...(handshakeToken !== null && { auth: { token: handshakeToken } }),
    ...(target.origin !== null && { extraHeaders: { Origin: target.origin } }),
  })
  try {
    const { serverId } = await connected(socket, probe)
    const connectMs = performance.now() - startedAt
    if (authenticateToken !== null) await ask(socket, 'authenticate', { token: authenticateToken })
    if (authenticateToken === null && handshakeToken === null) return { connectMs, roundTripMs: null, serverId }
    const event = handshakeToken === null ? 'presence:request' : 'notification:get-pending'
    return { connectMs, roundTripMs: await measureRoundTrip(socket, event), serverId }
  } finally {
    socket.close()
  }
}

async function connected(socket: Socket, probe: SocketioProbe): Promise<{ serverId: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ serverId: string }>()
  const tooLate = setTimeout(() => reject(timedOut()), TIMEOUT_MS)
  socket.once('connected', resolve)
  socket.once('connect_error', reject)
  socket.once('disconnect', (reason) => reject(new Error(`the connection ended at once (${reason})`)))
  try {
    return await promise
  } catch (error) {
    const { code } = dataOf(error)
    if (code !== undefined) throw new SocketioRefused(code, (error as Error).message)
    throw await explained(error, probe)
  } finally {
    clearTimeout(tooLate)
  }
}

/** The client says only that its transport failed: the same request once more, by hand, shows why. */
async function explained(error: unknown, { target, transport }: SocketioProbe): Promise<CheckFailed> {
  const query = `socket.io/?EIO=4&transport=${transport}`
  const headers = target.headers()
  try {
    if (transport === 'websocket') {
      const answer = await tryUpgrade(target.at(query, 'socket'), headers)
      if (answer !== null) return new CheckFailed(explainAnswer(answer, 'upgrade', target.origin))
    } else {
      const answer = await httpRequest(target.at(query), { headers })
      if (answer.status !== 200 || !answer.body.startsWith('0{')) {
        return new CheckFailed(explainAnswer(answer, 'polling', target.origin))
      }
    }
  } catch (byHand) {
    return new CheckFailed(explainError(byHand, target.base.host))
  }
  return new CheckFailed(explainError(error, target.base.host))
}

async function ask(socket: Socket, event: string, data: unknown): Promise<void> {
  const answer: { ok: boolean; error?: { code: string; message: string } } = await socket
    .timeout(TIMEOUT_MS)
    .emitWithAck(event, data)
  if (!answer.ok) throw new SocketioRefused(answer.error?.code ?? 'INTERNAL', answer.error?.message ?? '')
}

/** The shortest of a few: what the line takes, without the chance of a busy moment. An answer of any kind counts. */
async function measureRoundTrip(socket: Socket, event: string): Promise<number> {
  let shortestMs = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUND_TRIPS; round++) {
    const sentAt = performance.now()
    await socket.timeout(TIMEOUT_MS).emitWithAck(event, {})
    shortestMs = Math.min(shortestMs, performance.now() - sentAt)
  }
  return shortestMs
}

function dataOf(error: unknown): { readonly code?: string } {
  if (!(error instanceof Error) || !('data' in error) || typeof error.data !== 'object' || error.data === null)
    return {}
  return 'code' in error.data && typeof error.data.code === 'string' ? { code: error.data.code } : {}
}
