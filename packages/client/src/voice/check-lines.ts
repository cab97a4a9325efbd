import { ParleyError } from '../parley-error.ts'

/** One way for packets. `absent`: the server offers none of this kind, so nothing can be said. */
export interface LineResult {
  readonly result: 'works' | 'fails' | 'absent'
  /** Until it was known to work. */
  readonly ms: number | null
  /** The browser's or the TURN server's words, when it fails. */
  readonly detail: string | null
}

export interface LineReport {
  /** The connection to the server itself. */
  readonly socket: LineResult
  /** Packets out and back without a relay. */
  readonly udp: LineResult
  readonly turnUdp: LineResult
  readonly turnTcp: LineResult
}

export interface CheckLinesOptions {
  /** A `ParleyClient` or anything that can say whether it is connected. */
  readonly client: { getState(): { readonly status?: string; readonly transport?: string } }
  /** `chat.voice.iceServers`, or what `/turn-credentials` answers, by `createRestApi().turnCredentials`. */
  readonly iceServers: () => Promise<readonly RTCIceServer[]>
  /** How long each way may take. */
  readonly timeoutMs?: number
}

const ABSENT: LineResult = { result: 'absent', ms: null, detail: null }

/** Tries each way that voice could go. Never rejects. */
export async function checkLines({ client, iceServers, timeoutMs = 8000 }: CheckLinesOptions): Promise<LineReport> {
  const { status, transport } = client.getState()
  const isUp = status === 'online' || transport === 'websocket' || transport === 'polling'
  const socket: LineResult = { result: isUp ? 'works' : 'fails', ms: null, detail: isUp ? null : 'Not connected.' }
  let servers: readonly RTCIceServer[]
  try {
    servers = await iceServers()
  } catch (error) {
    const isConfigured = !(error instanceof ParleyError) || error.code !== 'TURN_NOT_CONFIGURED'
    const failed: LineResult = {
      result: 'fails',
      ms: null,
      detail: String(error instanceof Error ? error.message : error),
    }
    const way = isConfigured ? failed : ABSENT
    return { socket, udp: way, turnUdp: way, turnTcp: way }
  }
  const [udp, turnUdp, turnTcp] = await Promise.all([
    gather(
      only(servers, (url) => url.startsWith('stun:')),
      'srflx',
      timeoutMs,
    ),
    gather(
      only(servers, (url) => url.startsWith('turn:') && !url.includes('transport=tcp')),
      'relay',
      timeoutMs,
    ),
    gather(
      only(servers, (url) => /^turns?:.*transport=tcp/.test(url)),
      'relay',
      timeoutMs,
    ),
  ])
  return { socket, udp, turnUdp, turnTcp }
}

function only(servers: readonly RTCIceServer[], isWanted: (url: string) => boolean): RTCIceServer[] {
  return servers.flatMap((server) => {
    const urls = [server.urls].flat().filter(isWanted)
    return urls.length === 0 ? [] : [{ ...server, urls }]
  })
}

/** Whether these servers give us an address of this kind. */
async function gather(iceServers: RTCIceServer[], type: 'srflx' | 'relay', timeoutMs: number): Promise<LineResult> {
  if (iceServers.length === 0) return ABSENT
  const startedAt = performance.now()
  const connection = new RTCPeerConnection({ iceServers, iceTransportPolicy: type === 'relay' ? 'relay' : 'all' })
  const { promise, resolve } = Promise.withResolvers<LineResult>()
  let detail = 'No answer came in time.'
  let isRefused = false
  const work = (): void => resolve({ result: 'works', ms: Math.round(performance.now() - startedAt), detail: null })
  const fail = (): void => resolve({ result: 'fails', ms: null, detail })
  const timer = setTimeout(fail, timeoutMs)
  connection.onicecandidate = ({ candidate }) => {
    if (candidate?.type === type) work()
    else if (candidate !== null) return
    // Where nothing translates addresses, the one that a server sees is ours, and not told anew.
    else if (type === 'srflx' && !isRefused) work()
    else fail()
  }
  connection.onicecandidateerror = ({ errorCode, errorText }) => {
    isRefused = true
    detail = `${errorCode} ${errorText}`.trim()
  }
  try {
    connection.createDataChannel('check')
    await connection.setLocalDescription()
    return await promise
  } catch (error) {
    return { result: 'fails', ms: null, detail: String(error) }
  } finally {
    clearTimeout(timer)
    connection.close()
  }
}
