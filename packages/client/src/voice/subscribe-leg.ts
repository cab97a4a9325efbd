import type { Clock } from '../clock.ts'
import { createLegRecovery } from './leg-recovery.ts'
import type { MediaLine, MediaProtection, RemoteTrack } from './media-legs.ts'
import { withOpus } from './opus-sdp.ts'
import { createRemoteStreams } from './remote-streams.ts'
import { restrictCodecs } from './restrict-codecs.ts'
import { createSerial } from './serial.ts'
import type { SignalledStream, VoiceSignal } from './voice-wire.ts'

export interface SubscribeLegOptions {
  readonly clock: Clock
  readonly configuration: RTCConfiguration
  readonly protection: MediaProtection | null
  readonly send: (signal: VoiceSignal) => Promise<unknown>
  readonly onTrack: (remote: RemoteTrack) => void
  readonly onTrackGone: (remote: RemoteTrack) => void
  readonly onHealth: () => void
  readonly onDead: () => void
}

/** What the media server sends us: it offers, we answer, one offer after the other. */
export interface SubscribeLeg {
  readonly isHealthy: boolean
  readonly line: MediaLine | null
  offered(sdp: string, streams: readonly SignalledStream[]): void
  hurry(): void
  close(): void
}

export function createSubscribeLeg(options: SubscribeLegOptions): SubscribeLeg {
  const { clock, protection } = options
  const serial = createSerial(() => isClosed || recovery.fail())
  const remote = createRemoteStreams({ protection, onTrack: options.onTrack, onTrackGone: options.onTrackGone })
  const recovery = createLegRecovery({
    clock,
    // The server alone can offer here.
    restart: () => void options.send({ restart: true }).catch(() => undefined),
    rebuild: options.onDead,
    onHealth: options.onHealth,
  })
  let connection: RTCPeerConnection | null = null
  let isClosed = false

  function open(): RTCPeerConnection {
    const next = new RTCPeerConnection(options.configuration)
    remote.attach(next)
    next.onconnectionstatechange = () => recovery.state(next.connectionState)
    recovery.begin()
    return next
  }

  return {
    get isHealthy() {
      return recovery.isHealthy
    },
    get line() {
      return connection === null ? null : { userId: null, connection, sends: new Map(), receives: remote.mids() }
    },
    offered(offered, streams) {
      void serial(async () => {
        if (isClosed) return
        connection ??= open()
        remote.expect(streams)
        await connection.setRemoteDescription({ type: 'offer', sdp: offered })
        remote.settle()
        if (protection !== null) restrictCodecs(connection)
        const { sdp: plain } = await connection.createAnswer()
        // Two channels are decoded when they come.
        const sdp = withOpus(plain ?? '', { stereo: true, dtx: true })
        await connection.setLocalDescription({ type: 'answer', sdp })
        await options.send({ description: { type: 'answer', sdp } })
      })
    },
    hurry: recovery.hurry,
    close() {
      isClosed = true
      recovery.stop()
      remote.clear()
      connection?.close()
    },
  }
}
