import type { MediaProtection, RemoteTrack } from './media-legs.ts'
import type { SignalledStream, StreamSource } from './voice-wire.ts'

export interface RemoteStreamsOptions {
  readonly protection: MediaProtection | null
  readonly onTrack: (remote: RemoteTrack) => void
  readonly onTrackGone: (remote: RemoteTrack) => void
}

/** What others send on one peer connection. A line may pass from one person to another, so each description says anew whose it is. */
export interface RemoteStreams {
  attach(connection: RTCPeerConnection): void
  /** Before a remote description is set: all that it carries. */
  expect(streams: readonly SignalledStream[]): void
  /** After it was set. */
  settle(): void
  mids(): ReadonlyMap<string, { readonly userId: string; readonly source: StreamSource }>
  /** Nothing comes any more. */
  clear(): void
}

export function createRemoteStreams({ protection, onTrack, onTrackGone }: RemoteStreamsOptions): RemoteStreams {
  const live = new Map<string, RemoteTrack>()
  const owners = new WeakMap<RTCRtpReceiver, string>()
  let connection: RTCPeerConnection | null = null
  let expected = new Map<string, { readonly userId: string; readonly source: StreamSource }>()

  function own(transceiver: RTCRtpTransceiver, userId: string): void {
    protection?.protect(transceiver)
    if (owners.get(transceiver.receiver) === userId) return
    owners.set(transceiver.receiver, userId)
    protection?.carries(transceiver.receiver, userId)
  }

  function drop(mid: string): void {
    const remote = live.get(mid)
    live.delete(mid)
    if (remote !== undefined) onTrackGone(remote)
  }

  return {
    attach(next) {
      connection = next
      // Earlier than the promise of `setRemoteDescription`, and so before anything could be played.
      next.ontrack = ({ transceiver }) => {
        const owner = expected.get(transceiver.mid ?? '')
        if (owner !== undefined) own(transceiver, owner.userId)
      }
    },
    expect(streams) {
      expected = new Map(
        streams.flatMap(({ mid, userId, source }) =>
          mid === undefined || userId === undefined ? [] : [[mid, { userId, source }] as const],
        ),
      )
    },
    settle() {
      for (const mid of [...live.keys()]) if (!expected.has(mid)) drop(mid)
      for (const transceiver of connection?.getTransceivers() ?? []) {
        // Also those on which nothing comes yet, or on which we alone may send one day.
        protection?.protect(transceiver)
        const { mid, receiver } = transceiver
        const owner = mid === null ? undefined : expected.get(mid)
        if (mid === null || owner === undefined) continue
        const before = live.get(mid)
        const { track } = receiver
        if (before?.userId === owner.userId && before.source === owner.source && before.track === track) continue
        drop(mid)
        own(transceiver, owner.userId)
        const remote = { ...owner, track }
        live.set(mid, remote)
        onTrack(remote)
      }
    },
    mids: () => expected,
    clear() {
      expected = new Map()
      for (const mid of [...live.keys()]) drop(mid)
    },
  }
}
