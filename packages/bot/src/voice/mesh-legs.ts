import { createMeshPeer, type MeshPeer } from './mesh-peer.ts'
import type { VoiceLegs, VoiceLegsOptions } from './voice-legs.ts'

/** Everybody sends to everybody. Those who are in voice offer to who comes. */
export function createMeshLegs(options: VoiceLegsOptions): VoiceLegs {
  const peers = new Map<string, { readonly peer: MeshPeer; readonly joinedAt: number }>()
  /** Before the first `meet`: those who were there before us offer. */
  let isFirst = true
  const all = (): MeshPeer[] => [...peers.values()].map(({ peer }) => peer)
  return {
    receive(signal) {
      if (signal.from !== undefined) peers.get(signal.from)?.peer.receive(signal)
    },
    meet(participants, isKnown) {
      const others = participants.filter(({ userId }) => userId !== options.selfId)
      for (const [userId, { peer, joinedAt }] of peers) {
        // Who came anew has nothing of what they had.
        if (others.some((other) => other.userId === userId && other.joinedAt === joinedAt)) continue
        peers.delete(userId)
        peer[Symbol.dispose]()
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
