import { createMeshPeer, type MeshPeer } from './mesh-peer.ts'
import type { VoiceLegs, VoiceLegsOptions } from './voice-legs.ts'

/** Everybody sends to everybody. Those who are in voice offer to who comes. */
export function createMeshLegs(options: VoiceLegsOptions): VoiceLegs {
  const peers = new Map<string, { readonly peer: MeshPeer; joinedAt: number | null }>()
  /** Before the first `meet`: those who were there before us offer. */
  let isFirst = true
  /** Who offers before we were told that they came is there all the same. */
  function peerOf(userId: string): MeshPeer {
    const known = peers.get(userId)
    if (known !== undefined) return known.peer
    const peer = createMeshPeer({ ...options, userId })
    peers.set(userId, { peer, joinedAt: null })
    return peer
  }

  const all = (): MeshPeer[] => [...peers.values()].map(({ peer }) => peer)
  return {
    receive(signal) {
      if (signal.from !== undefined && signal.from !== options.selfId) peerOf(signal.from).receive(signal)
    },
    meet(participants, isKnown) {
      const others = participants.filter(({ userId }) => userId !== options.selfId)
      for (const [userId, known] of peers) {
        const joinedAt = others.find((other) => other.userId === userId)?.joinedAt ?? null
        known.joinedAt ??= joinedAt
        // Who came anew has nothing of what they had.
        if (joinedAt !== null && joinedAt === known.joinedAt) continue
        peers.delete(userId)
        known.peer[Symbol.dispose]()
      }
      for (const { userId, joinedAt } of others) {
        if (peers.has(userId)) continue
        const peer = createMeshPeer({ ...options, userId })
        peers.set(userId, { peer, joinedAt })
        if (!isFirst || isKnown) peer.offer()
      }
      isFirst = false
    },
    send(spoken) {
      for (const peer of all()) peer.send(spoken)
    },
    report(mediaTime) {
      for (const peer of all()) peer.report(mediaTime)
    },
    get isConnected() {
      return all().every(({ isConnected }) => isConnected)
    },
    inbound: () => all().flatMap(({ lines }) => lines.all().flatMap((line) => line.figures() ?? [])),
    uplinks: () => all().map(({ uplink }) => uplink),
    [Symbol.dispose]() {
      for (const peer of all()) peer[Symbol.dispose]()
      peers.clear()
    },
  }
}
