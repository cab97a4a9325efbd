import type { MediaProtection } from './media-legs.ts'
import { encodingsOf, tuneSender } from './sender-tuning.ts'
import type { SignalledStream, StreamSource } from './voice-wire.ts'

export interface OwnStreamsOptions {
  /** To a media server, which passes one of several sizes on; else to a person, who sends on the same lines. */
  readonly isToServer: boolean
  readonly protection: MediaProtection | null
  readonly isMusic: () => boolean
}

/** What we send on one peer connection. */
export interface OwnStreams {
  /** Goes on with another connection, with the same tracks. */
  attach(connection: RTCPeerConnection): void
  /** Resolves true when it takes a negotiation. */
  set(source: StreamSource, track: MediaStreamTrack | null): Promise<boolean>
  /** Puts what is to be sent on the connection; before an offer or an answer is made. */
  apply(): void
  tune(): Promise<void>
  /** Valid after a local description was set. */
  streams(): SignalledStream[]
  mids(): ReadonlyMap<string, StreamSource>
  /** Something is on the connection that no description tells of yet. */
  readonly isUntold: boolean
}

export function createOwnStreams({ isToServer, protection, isMusic }: OwnStreamsOptions): OwnStreams {
  const tracks = new Map<StreamSource, MediaStreamTrack>()
  let transceivers = new Map<StreamSource, RTCRtpTransceiver>()
  let connection: RTCPeerConnection | null = null
  const [on, off] = isToServer ? (['sendonly', 'inactive'] as const) : (['sendrecv', 'recvonly'] as const)

  function add(to: RTCPeerConnection, source: StreamSource, track: MediaStreamTrack): RTCRtpTransceiver | undefined {
    if (isToServer) {
      const sendEncodings = encodingsOf(source, { isMusic: isMusic(), isSimulcast: true })
      return to.addTransceiver(track, { direction: on, sendEncodings })
    }
    // Takes a line on which the other side sends, if one is free.
    const sender = to.addTrack(track)
    return to.getTransceivers().find((each) => each.sender === sender)
  }

  function mids(): ReadonlyMap<string, StreamSource> {
    return new Map(
      [...transceivers].flatMap(([source, { mid }]) => (mid === null || !tracks.has(source) ? [] : [[mid, source]])),
    )
  }

  return {
    attach(next) {
      connection = next
      transceivers = new Map()
    },
    async set(source, track) {
      const wasOn = tracks.has(source)
      if (track === null) tracks.delete(source)
      else tracks.set(source, track)
      const transceiver = transceivers.get(source)
      if (transceiver === undefined) return track !== null
      const isOn = track !== null
      if (wasOn !== isOn) transceiver.direction = isOn ? on : off
      await transceiver.sender.replaceTrack(track)
      return wasOn !== isOn
    },
    apply() {
      if (connection === null) return
      // Without any line there would be no connection, and nothing of the other side's could come with its answer.
      if (!isToServer && tracks.size === 0 && connection.getTransceivers().length === 0) {
        protection?.protect(connection.addTransceiver('audio', { direction: off }))
      }
      for (const [source, track] of tracks) {
        if (transceivers.has(source)) continue
        const transceiver = add(connection, source, track)
        if (transceiver === undefined) continue
        transceivers.set(source, transceiver)
        protection?.protect(transceiver)
      }
    },
    async tune() {
      await Promise.all([...transceivers].map(([source, { sender }]) => tuneSender(sender, source, isMusic())))
    },
    streams: () => [...mids()].map(([mid, source]) => ({ mid, source })),
    mids,
    get isUntold() {
      return [...transceivers.values()].some(({ mid }) => mid === null)
    },
  }
}
