import { beforeEach, describe, expect, test, vi } from 'vitest'
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts'
import { ModelPeerConnection } from '../testing/model-peer-connection.ts'
import { createRandom } from '../testing/random.ts'
import { createMeshPeer, type MeshPeer } from './mesh-peer.ts'
import type { VoiceSignal } from './voice-wire.ts'

beforeEach(() => {
  vi.stubGlobal('RTCRtpReceiver', { getCapabilities: () => ({ codecs: [] }) })
  return () => vi.unstubAllGlobals()
})

interface Side {
  peer: MeshPeer
  readonly connections: ModelPeerConnection[]
  /** Said to the other side, and not yet delivered. */
  readonly said: VoiceSignal[]
  /** Begins anew, as after joining again. */
  renew(): void
}

const current = ({ connections }: Side): ModelPeerConnection => {
  const last = connections.at(-1)
  if (last === undefined) throw new Error('no connection was made')
  return last
}

function side(clock: FakeClock, userId: string, isPolite: boolean): Side {
  const connections: ModelPeerConnection[] = []
  const said: VoiceSignal[] = []
  const create = (): MeshPeer =>
    createMeshPeer({
      clock,
      userId,
      isPolite,
      createConnection() {
        const connection = new ModelPeerConnection()
        connections.push(connection)
        return connection as unknown as RTCPeerConnection
      },
      protection: null,
      isMusic: () => false,
      send: async (signal) => void said.push(signal),
      onTrack: () => undefined,
      onTrackGone: () => undefined,
      onHealth: () => undefined,
    })
  return {
    peer: create(),
    connections,
    said,
    renew() {
      this.peer.close()
      this.peer = create()
    },
  }
}

function setUp() {
  const clock = createFakeClock()
  const a = side(clock, 'b', false)
  const b = side(clock, 'a', true)
  const deliver = async (from: Side, to: Side): Promise<void> => {
    const signal = from.said.shift()
    if (signal !== undefined) to.peer.received(signal)
    await clock.advance(0)
  }
  const deliverAll = async (): Promise<void> => {
    await clock.advance(0)
    while (a.said.length + b.said.length > 0) {
      await deliver(a, b)
      await deliver(b, a)
    }
  }
  const areOne = (): boolean =>
    current(a).signalingState === 'stable' &&
    current(b).signalingState === 'stable' &&
    current(a).peer === current(b).id &&
    current(b).peer === current(a).id
  return { a, b, areOne, clock, deliver, deliverAll }
}

describe('two sides of a line', () => {
  test('one offers, the other answers', async () => {
    const { a, areOne, deliverAll } = setUp()
    a.peer.offer()
    await deliverAll()
    expect(areOne()).toBe(true)
  })

  test('who waits for an offer that is lost makes one', async () => {
    const { areOne, clock, deliverAll } = setUp()
    await clock.advance(600)
    await deliverAll()
    expect(areOne()).toBe(true)
  })

  test('offers that cross: the polite side takes its own back, and makes it again', async () => {
    const { a, b, areOne, deliverAll } = setUp()
    a.peer.offer()
    b.peer.offer()
    await deliverAll()
    expect(areOne()).toBe(true)
    expect(a.connections).toHaveLength(1)
    expect(b.connections).toHaveLength(1)
  })

  test.each(['a', 'b'] as const)('%s joins anew: the other makes a new connection for it', async (who) => {
    const sides = setUp()
    sides.a.peer.offer()
    await sides.deliverAll()
    sides[who].renew()
    sides[who].peer.offer()
    await sides.deliverAll()
    expect(sides.areOne()).toBe(true)
  })

  test('a connection that does not come to stand is replaced by both', async () => {
    const { a, areOne, clock, deliverAll } = setUp()
    a.peer.offer()
    await deliverAll()
    const first = current(a)
    await clock.advance(4100)
    await deliverAll()
    expect(current(a)).not.toBe(first)
    expect(areOne()).toBe(true)
  })
})

test('whatever crosses, and whoever begins anew, both end on one connection', async () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const random = createRandom(seed)
    const sides = setUp()
    const { a, b, clock, deliver } = sides
    for (let step = 0; step < 40; step += 1) {
      const [from, to] = random() < 0.5 ? [a, b] : [b, a]
      const what = random()
      if (what < 0.15) from.peer.offer()
      else if (what < 0.2) {
        from.renew()
        from.peer.offer()
      } else await deliver(from, to)
    }
    await sides.deliverAll()
    // What was negotiated for a connection that is gone never comes to stand, and is replaced.
    for (let round = 0; round < 8 && !sides.areOne(); round += 1) {
      await clock.advance(16_100)
      await sides.deliverAll()
    }
    expect(sides.areOne(), `seed ${seed}`).toBe(true)
    a.peer.close()
    b.peer.close()
  }
})
