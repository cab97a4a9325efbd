import { randomUUID } from 'node:crypto'
import { ROOM, type Site } from './open-site.ts'

/** Memory of Redis for one of each, in bytes. */
export interface StandingMemory {
  /** A channel to which one node listens. */
  readonly channel: number
  /** The lease of a user's connection. */
  readonly connection: number
  /** The lease of a session in a conversation where three others are. */
  readonly place: number
  /** A room without messages, with its host. */
  readonly room: number
}

const MANY = 5000
const ROOMS = 200

/** Growth of Redis for many of each, one kind after the other. */
export async function measureMemory(site: Site): Promise<StandingMemory> {
  const { bus, stores, core } = site
  const until = Date.now() + 86_400_000
  const ids: readonly string[] = Array.from({ length: MANY }, () => randomUUID())
  const growth = async (count: number, fill: () => Promise<unknown>): Promise<number> => {
    const before = await usedBytes(site)
    await fill()
    return ((await usedBytes(site)) - before) / count
  }
  const channel = await growth(MANY, () => {
    const left = new Set(ids)
    const listening = Promise.withResolvers<void>()
    bus.onListening((id) => left.delete(id) && left.size === 0 && listening.resolve())
    for (const id of ids) bus.subscribe(id, () => undefined)
    return listening.promise
  })
  const connection = await growth(MANY, () =>
    stores.status.renew(
      ids.map((userId) => ({ userId, sessionId: randomUUID(), activeAt: until })),
      until,
    ),
  )
  const place = await growth(MANY, () =>
    stores.presence.renew(
      ids.map((id, n) => ({ conversationId: ids[n - (n % 4)] ?? id, userId: id, sessionId: randomUUID() })),
      until,
    ),
  )
  const room = await growth(ROOMS, () =>
    Promise.all(
      ids.slice(0, ROOMS).map((host, n) => {
        const address = `10.1.${n >> 8}.${n & 255}`
        return core.createRoom({ ...ROOM, hostName: 'ann', host, address })
      }),
    ),
  )
  return { channel, connection, place, room }
}

async function usedBytes({ link }: Site): Promise<number> {
  const info = await link.ask((redis) => redis.info('memory'))
  return Number(/^used_memory:(\d+)/m.exec(info)?.[1])
}
