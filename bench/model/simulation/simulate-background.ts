import { type CorePorts, createCore, DEFAULT_CORE_OPTIONS, DEFAULT_LIMITS } from '@parley/core'
import { createPasswordHasher } from '@parley/server/auth/password-hasher'
import { createMemoryBus } from '@parley/server/bus/memory'
import { createIdSource } from '@parley/server/ids/id-source'
import { createUnlimitedRateLimiter } from '@parley/server/limits/memory-rate-limiter'
import { createNoMedia } from '@parley/server/media/no-media'
import { openMemoryStores } from '@parley/server/storage/memory'
import { createFakeClock } from '@parley/testkit/fake-clock'

/** What all nodes together ask of the stores when nobody is there, and for what has its time. */
export interface SimulatedBackground {
  readonly nodes: number
  readonly seconds: number
  /** Looks for leases that ended, by each node in a second. */
  readonly sweepsPerNode: number
  /** Looks for what is due, by each node in a second. */
  readonly looksPerNode: number
  readonly deadlines: number
  /** Looks that one deadline causes in the whole cluster, besides those. */
  readonly looksPerDeadline: number
}

const MINUTES = 2

/** Runs the timed work of the product's core on so many nodes over one store, for two minutes of its own time, without and with rooms that end, and counts what it asks for. */
export async function simulateBackground(nodes: number, rooms: number): Promise<SimulatedBackground> {
  const idle = await run(nodes, 0)
  const busy = await run(nodes, rooms)
  const seconds = MINUTES * 60
  return {
    nodes,
    seconds,
    sweepsPerNode: idle.sweeps / nodes / seconds,
    looksPerNode: idle.looks / nodes / seconds,
    deadlines: busy.deadlines,
    looksPerDeadline: (busy.looks - idle.looks) / Math.max(1, busy.deadlines),
  }
}

async function run(nodes: number, rooms: number) {
  const counted = { sweeps: 0, looks: 0, deadlines: 0 }
  const clock = createFakeClock()
  const stores = openMemoryStores()
  const { deadlines, presence, status } = stores
  const counting: Pick<CorePorts, 'deadlines' | 'presence' | 'status'> = {
    deadlines: {
      ...deadlines,
      async claim(...asked) {
        counted.looks += 1
        const claimed = await deadlines.claim(...asked)
        counted.deadlines += claimed.length
        return claimed
      },
    },
    presence: {
      ...presence,
      expire(now) {
        counted.sweeps += 1
        return presence.expire(now)
      },
    },
    status: {
      ...status,
      expire(now) {
        counted.sweeps += 1
        return status.expire(now)
      },
    },
  }
  const ports: CorePorts = {
    ...stores,
    ...counting,
    media: createNoMedia(),
    bus: createMemoryBus(),
    limiter: createUnlimitedRateLimiter(DEFAULT_LIMITS),
    clock,
    ids: createIdSource(() => clock.now()),
    passwords: createPasswordHasher(),
  }
  const options = { ...DEFAULT_CORE_OPTIONS, roomDurationsMinutes: [1], roomsPerAddress: rooms + 1 }
  const cores = Array.from({ length: nodes }, () => createCore(ports, options))
  for (let n = 0; n < rooms; n += 1) {
    const settings = { maxParticipants: 2, minutes: 1, password: null, hasLobby: false, encrypted: false }
    await cores[n % nodes]?.createRoom({ ...settings, name: 'Room', hostName: 'ann', host: null, address: '' })
    await clock.advance(100)
  }
  await clock.advance(MINUTES * 60_000 - rooms * 100)
  for (const core of cores) core.close()
  return counted
}
