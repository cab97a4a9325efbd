import { errorCodeOf, explainAnswer } from './explain-answer.ts'
import { explainError } from './explain-error.ts'
import { explainRefusedToken } from './explain-token.ts'
import { probeSocketio, SocketioRefused } from './probe-socketio.ts'
import { probeWebSocket } from './probe-websocket.ts'
import { CheckFailed, type CheckResult } from './result.ts'
import type { Target } from './target.ts'

const TRANSPORT_NAMES = { websocket: 'WebSocket', polling: 'long polling' } as const
const WIRE_NAMES = { messenger: 'Messenger', site: 'Site' } as const

/** One of the two Socket.IO wires on one transport: the messenger wire brings the token, the site wire says it later. */
export async function checkSocketio(
  target: Target,
  wire: 'messenger' | 'site',
  transport: 'websocket' | 'polling',
  isTokenRefused: boolean,
): Promise<CheckResult> {
  const check = { id: `${wire}-${transport}`, name: `${WIRE_NAMES[wire]}, ${TRANSPORT_NAMES[transport]}` }
  const { token } = target
  if (wire === 'messenger' && token === null) {
    const found = isTokenRefused ? 'needs a token that is accepted' : 'needs a token'
    return { ...check, outcome: 'skipped', found }
  }
  try {
    const { connectMs, roundTripMs } = await probeSocketio({
      target,
      transport,
      handshakeToken: wire === 'messenger' ? token : null,
      authenticateToken: wire === 'site' ? token : null,
    })
    const found = token === null ? 'connects; authentication was not tried' : 'connects and accepts the token'
    return { ...check, outcome: 'works', found, connectMs, ...(roundTripMs !== null && { roundTripMs }) }
  } catch (error) {
    const { why, advice } = reasonOf(error, target)
    return { ...check, outcome: 'fails', found: why, advice }
  }
}

/** The raw WebSocket of rooms. Without a token it must be refused by the server itself: then the way is free. */
export async function checkRoomsWire(target: Target): Promise<CheckResult> {
  const check = { id: 'rooms-websocket', name: 'Rooms, raw WebSocket' } as const
  try {
    const answer = await probeWebSocket(target.at('ws', 'socket'), target.headers(target.token))
    if ('connectMs' in answer) return { ...check, outcome: 'works', found: 'connects and accepts the token', ...answer }
    if (target.token === null && errorCodeOf(answer) === 'UNAUTHENTICATED') {
      return { ...check, outcome: 'works', found: 'upgrades get through, and a token is asked for' }
    }
    const { why, advice } = explainAnswer(answer, 'upgrade', target.origin)
    return { ...check, outcome: 'fails', found: why, advice }
  } catch (error) {
    const { why, advice } = reasonOf(error, target)
    return { ...check, outcome: 'fails', found: why, advice }
  }
}

function reasonOf(error: unknown, { base, token, origin }: Target) {
  if (error instanceof CheckFailed) return error.failure
  if (!(error instanceof SocketioRefused)) return explainError(error, base.host)
  const isAboutToken = error.code === 'UNAUTHENTICATED' || error.code === 'TOKEN_EXPIRED'
  if (isAboutToken && token !== null) return explainRefusedToken(token, Date.now())
  return explainAnswer({ status: 403, headers: {}, body: JSON.stringify({ code: error.code }) }, 'polling', origin)
}
