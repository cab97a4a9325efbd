import type { Clock } from '../clock.ts'
import { createLegRecovery } from './leg-recovery.ts'
import type { MediaLine, MediaProtection } from './media-legs.ts'
import { withOpus } from './opus-sdp.ts'
import { createOwnStreams } from './own-streams.ts'
import { restrictCodecs } from './restrict-codecs.ts'
import { createSerial } from './serial.ts'
import type { StreamSource, VoiceSignal } from './voice-wire.ts'

export interface PublishLegOptions {
  readonly clock: Clock
  readonly configuration: RTCConfiguration
  readonly protection: MediaProtection | null
  readonly isMusic: () => boolean
  readonly send: (signal: VoiceSignal) => Promise<unknown>
  readonly onHealth: () => void
  readonly onDead: () => void
}

/** What we send to the media server: we offer, it answers. There is no connection while there is nothing to send. */
export interface PublishLeg {
  readonly isHealthy: boolean
  readonly line: MediaLine | null
  publish(source: StreamSource, track: MediaStreamTrack | null): Promise<void>
  retune(): Promise<void>
  answered(sdp: string): void
  hurry(): void
  close(): void
}

export function createPublishLeg(options: PublishLegOptions): PublishLeg {
  const { clock, configuration, protection, isMusic } = options
  const serial = createSerial(() => isClosed || recovery.fail())
  const own = createOwnStreams({ isToServer: true, protection, isMusic })
  const recovery = createLegRecovery({
    clock,
    restart: () => offer({ iceRestart: true }),
    rebuild: options.onDead,
    onHealth: options.onHealth,
  })
  let connection: RTCPeerConnection | null = null
  let mustOffer = false
  let isClosed = false

  function open(): RTCPeerConnection {
    const next = new RTCPeerConnection(configuration)
    own.attach(next)
    next.onconnectionstatechange = () => recovery.state(next.connectionState)
    next.onsignalingstatechange = () => {
      if (next.signalingState === 'stable' && mustOffer) offer()
    }
    recovery.begin()
    return next
  }

  function offer({ iceRestart = false } = {}): void {
    mustOffer = true
    void serial(async () => {
      if (isClosed || !mustOffer) return
      connection ??= open()
      if (connection.signalingState !== 'stable') return
      mustOffer = false
      own.apply()
      if (protection !== null) restrictCodecs(connection)
      if (iceRestart) connection.restartIce()
      const { sdp: plain } = await connection.createOffer()
      const sdp = withOpus(plain ?? '', { stereo: isMusic(), dtx: true })
      await connection.setLocalDescription({ type: 'offer', sdp })
      await own.tune()
      await options.send({ description: { type: 'offer', sdp }, streams: own.streams() })
    })
  }

  return {
    get isHealthy() {
      return recovery.isHealthy
    },
    get line() {
      return connection === null ? null : { userId: null, connection, sends: own.mids(), receives: new Map() }
    },
    async publish(source, track) {
      if (await own.set(source, track)) offer()
    },
    async retune() {
      if (connection !== null) offer()
    },
    answered(sdp) {
      void serial(async () => {
        if (isClosed || connection?.signalingState !== 'have-local-offer') return
        const music = isMusic()
        await connection.setRemoteDescription({ type: 'answer', sdp: withOpus(sdp, { stereo: music, dtx: !music }) })
        await own.tune()
      })
    },
    hurry: recovery.hurry,
    close() {
      isClosed = true
      recovery.stop()
      connection?.close()
    },
  }
}
