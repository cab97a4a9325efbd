import type { Clock } from '../clock.ts'
import { createLegRecovery } from './leg-recovery.ts'
import type { MediaLine, MediaProtection, RemoteTrack } from './media-legs.ts'
import { sessionIdOf, withOpus } from './opus-sdp.ts'
import { createOwnStreams } from './own-streams.ts'
import { preferRedundancy } from './prefer-redundancy.ts'
import { createRemoteStreams } from './remote-streams.ts'
import { restrictCodecs } from './restrict-codecs.ts'
import { createSerial } from './serial.ts'
import type { StreamSource, VoiceSignal } from './voice-wire.ts'

export interface MeshPeerOptions {
  readonly clock: Clock
  readonly userId: string
  /** Gives way when both offer at once. */
  readonly isPolite: boolean
  readonly createConnection: () => RTCPeerConnection
  readonly protection: MediaProtection | null
  readonly isMusic: () => boolean
  readonly send: (signal: VoiceSignal) => Promise<unknown>
  readonly onTrack: (remote: RemoteTrack) => void
  readonly onTrackGone: (remote: RemoteTrack) => void
  readonly onHealth: () => void
}

/** The line to one other person under mesh. */
export interface MeshPeer {
  readonly isHealthy: boolean
  readonly line: MediaLine
  /** Offers; without it, the other side is waited for. */
  offer(): void
  publish(source: StreamSource, track: MediaStreamTrack | null): Promise<void>
  retune(): Promise<void>
  received(signal: VoiceSignal): void
  hurry(): void
  close(): void
}

/** Who waits for an offer makes one by themselves after so long: it may be lost. */
const OFFER_AFTER_MS = 500

/**
 * Perfect negotiation (WebRTC 1.0, section 10.7) with one peer: either side offers at any time, and of two offers that
 * cross, the polite side takes its own back. A side that starts anew is known by the number in its descriptions.
 */
export function createMeshPeer(options: MeshPeerOptions): MeshPeer {
  const { clock, userId, isPolite, protection } = options
  const serial = createSerial(() => isClosed || recovery.fail())
  const own = createOwnStreams({ isToServer: false, protection, isMusic: options.isMusic })
  const remote = createRemoteStreams({ protection, onTrack: options.onTrack, onTrackGone: options.onTrackGone })
  const recovery = createLegRecovery({
    clock,
    restart: () => offer({ iceRestart: true }),
    rebuild() {
      rebuild()
      offer()
    },
    onHealth: options.onHealth,
  })
  /** The ids of connections that the other side has given up. */
  const staleIds = new Set<string>()
  let connection = open()
  let remoteId: string | null = null
  let isIgnoring = false
  let mustOffer = false
  let isClosed = false
  let patience: unknown = clock.setTimeout(() => offer(), OFFER_AFTER_MS)

  function open(): RTCPeerConnection {
    const next = options.createConnection()
    own.attach(next)
    remote.attach(next)
    next.onconnectionstatechange = () => {
      if (connection === next) recovery.state(next.connectionState)
    }
    next.onicecandidate = ({ candidate }) => {
      if (connection === next && candidate !== null) tell({ candidate: candidate.toJSON() })
    }
    next.onsignalingstatechange = () => {
      if (connection === next && next.signalingState === 'stable' && mustOffer) offer()
    }
    return next
  }

  /** What gets lost is noticed by its absence. */
  function tell(signal: VoiceSignal): void {
    options.send(signal).catch(() => undefined)
  }

  function rebuild(): void {
    if (remoteId !== null) staleIds.add(remoteId)
    remoteId = null
    isIgnoring = false
    const old = connection
    connection = open()
    remote.clear()
    old.close()
    recovery.begin()
  }

  function offer({ iceRestart = false } = {}): void {
    if (isClosed) return
    clock.clearTimeout(patience)
    patience = null
    mustOffer = true
    if (iceRestart) connection.restartIce()
    void serial(async () => {
      const mine = connection
      if (isClosed || !mustOffer || mine.signalingState !== 'stable') return
      mustOffer = false
      if (mine.remoteDescription === null) recovery.begin()
      own.apply()
      chooseCodecs(mine)
      const description = await mine.createOffer()
      await describe(mine, description)
    })
  }

  function chooseCodecs(mine: RTCPeerConnection): void {
    if (protection !== null) restrictCodecs(mine)
    else if (!options.isMusic()) preferRedundancy(mine)
  }

  async function describe(mine: RTCPeerConnection, description: RTCSessionDescriptionInit): Promise<void> {
    if (mine !== connection) return
    const sdp = withOpus(description.sdp ?? '', { stereo: true, dtx: true })
    await mine.setLocalDescription({ type: description.type, sdp })
    await own.tune()
    tell({ description: { type: description.type as 'offer' | 'answer', sdp }, streams: own.streams() })
  }

  async function described({ description, streams = [] }: VoiceSignal): Promise<void> {
    if (description === undefined || isClosed) return
    const id = sessionIdOf(description.sdp)
    if (staleIds.has(id)) return
    if (remoteId !== null && id !== remoteId) {
      rebuild()
      // An answer to what we no longer are.
      if (description.type === 'answer') return offer()
    }
    const mine = connection
    const isCollision = description.type === 'offer' && mine.signalingState !== 'stable'
    isIgnoring = isCollision && !isPolite
    if (isIgnoring || (description.type === 'answer' && mine.signalingState !== 'have-local-offer')) return
    clock.clearTimeout(patience)
    if (remoteId === null && description.type === 'offer') recovery.begin()
    remoteId = id
    if (isCollision) mustOffer = true
    remote.expect(streams.map((stream) => ({ ...stream, userId })))
    const isMusic = options.isMusic()
    await mine.setRemoteDescription({
      type: description.type,
      sdp: withOpus(description.sdp, { stereo: isMusic, dtx: !isMusic }),
    })
    remote.settle()
    if (description.type === 'answer') return
    own.apply()
    if (protection !== null) restrictCodecs(mine)
    await describe(mine, await mine.createAnswer())
    // An answer has no room for more than was offered.
    if (own.isUntold) offer()
  }

  return {
    get isHealthy() {
      return recovery.isHealthy
    },
    get line() {
      return { userId, connection, sends: own.mids(), receives: remote.mids() }
    },
    offer,
    async publish(source, track) {
      const needsOffer = await own.set(source, track)
      // Before the first offer there is nothing to change.
      if (needsOffer && (remoteId !== null || connection.localDescription !== null)) offer()
    },
    async retune() {
      if (remoteId !== null) offer()
    },
    received(signal) {
      if (signal.description !== undefined) void serial(() => described(signal))
      if (signal.candidate !== undefined && signal.candidate !== null) {
        const { candidate } = signal
        // One of an offer that was ignored, or of a connection before, is of no use.
        void serial(() =>
          isIgnoring ? Promise.resolve() : connection.addIceCandidate(candidate).catch(() => undefined),
        )
      }
    },
    hurry: recovery.hurry,
    close() {
      isClosed = true
      clock.clearTimeout(patience)
      recovery.stop()
      remote.clear()
      connection.close()
    },
  }
}
