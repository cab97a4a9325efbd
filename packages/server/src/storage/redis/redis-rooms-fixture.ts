import { randomUUID } from 'node:crypto'
import { sharedServerUrl } from '@parley/testkit/services'
import { parseRedisUrl } from '../../config/redis-address.ts'
import { openRedis, type RedisLink, type RedisLinkOptions } from '../../redis/open-redis.ts'
import { PATIENT } from '../../redis/patient-fixture.ts'
import { createRedisRoomStores, type RedisRoomStores } from './create-redis-room-stores.ts'
import type { RedisRoomBounds } from './redis-conversation-store.ts'

export type RedisKind = 'redis' | 'redis-cluster'

/** Room stores of a node of its own on a Redis. */
export interface OpenRedisRooms extends RedisRoomStores, AsyncDisposable {
  readonly link: RedisLink
  /** The name that its lists across rooms have in common. */
  readonly space: string
}

export interface OpenOptions extends Partial<RedisLinkOptions> {
  readonly bounds?: Partial<RedisRoomBounds>
  readonly space?: string
}

export async function openRoomsAt(url: string, options: OpenOptions = {}): Promise<OpenRedisRooms> {
  const address = parseRedisUrl(url)
  if (address === null) throw new Error(`${url} is no address of a Redis`)
  const { bounds = {}, space = `test-${randomUUID()}`, ...linkOptions } = options
  const link = await openRedis(address, { ...PATIENT, ...linkOptions })
  return {
    ...createRedisRoomStores(link, { bounds, space }),
    link,
    space,
    [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
  }
}

/** On the Redis that all tests share. Room ids are new each time, and so is the space. */
export const openRooms = async (kind: RedisKind, options?: OpenOptions): Promise<OpenRedisRooms> =>
  openRoomsAt(await sharedServerUrl(kind), options)
