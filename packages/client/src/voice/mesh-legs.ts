import type { MediaLegs, MediaLegsOptions } from './media-legs.ts'
import { createMeshPeer, type MeshPeer } from './mesh-peer.ts'
import type { StreamSource } from './voice-wire.ts'

/** Everybody sends to everybody. Those who are in voice offer to who comes. */
export function createMeshLegs(options: MediaLegsOptions): MediaLegs {
  const { clock, selfId, configuration, protection, isMusic, onTrack, onTrackGone, onHealth } = options
  const peers = new Map<string, { readonly peer: MeshPeer; stay: string | null }>()
  const tracks = new Map<StreamSource, MediaStreamTrack>()
  /** Before the first `meet`. Those who were there before us offer. */
  let isFirst = true

  function open(userId: string): MeshPeer {
    const peer = createMeshPeer({
      clock,
      userId,
      isPolite: selfId > userId,
      createConnection: () => new RTCPeerConnection(configuration),
      protection,
      isMusic,
      send: (signal) => options.send({ ...signal, to: userId }),
      onTrack,
      onTrackGone,
      onHealth,
    })
    for (const [source, track] of tracks) void peer.publish(source, track)
    return peer
  }

  /** Who offers before we were told that they came is there all the same. */
  function peerOf(userId: string): MeshPeer {
    const known = peers.get(userId)
    if (known !== undefined) return known.peer
    const peer = open(userId)
    peers.set(userId, { peer, stay: null })
    return peer
  }

  const all = (): MeshPeer[] => [...peers.values()].map(({ peer }) => peer)

  return {
    async publish(source, track) {
      if (track === null) tracks.delete(source)
      else tracks.set(source, track)
      await Promise.all(all().map((peer) => peer.publish(source, track)))
    },
    async retune() {
      await Promise.all(all().map((peer) => peer.retune()))
    },
    received({ from, ...signal }) {
      if (from !== undefined && from !== selfId) peerOf(from).received(signal)
    },
    meet(people) {
      const others = new Map(
        people.flatMap(({ userId, joinedAt, legs }) => (userId === selfId ? [] : [[userId, `${joinedAt} ${legs}`]])),
      )
      for (const [userId, known] of peers) {
        const stay = others.get(userId)
        if (stay !== undefined) known.stay ??= stay
        if (stay === known.stay) continue
        peers.delete(userId)
        known.peer.close()
      }
      for (const [userId, stay] of others) {
        if (peers.has(userId)) continue
        const peer = open(userId)
        peers.set(userId, { peer, stay })
        if (!isFirst) peer.offer()
      }
      isFirst = false
      onHealth()
    },
    // Everything comes by itself.
    want: () => undefined,
    hurry() {
      for (const peer of all()) peer.hurry()
    },
    get isHealthy() {
      return all().every((peer) => peer.isHealthy)
    },
    lines: () => all().map((peer) => peer.line),
    close() {
      for (const peer of all()) peer.close()
      peers.clear()
    },
  }
}
