import type { CorePorts } from '@parley/core'
import type { RedisLink } from '../../redis/open-redis.ts'
import { createRedisRoomStores, type RedisRoomStores } from './create-redis-room-stores.ts'
import { createRedisDeadlineStore } from './redis-deadline-store.ts'
import { createRedisPresenceStore } from './redis-presence-store.ts'
import { createRedisStatusStore } from './redis-status-store.ts'
import { createRedisVoiceStore } from './redis-voice-store.ts'

type RedisStores = RedisRoomStores & Pick<CorePorts, 'deadlines' | 'presence' | 'status' | 'voice'>

/** Rooms, and who is here now, in one Redis for all nodes. The link is whoever's opened it to close. */
export function createRedisStores(link: RedisLink): RedisStores {
  return {
    ...createRedisRoomStores(link),
    deadlines: createRedisDeadlineStore(link),
    presence: createRedisPresenceStore(link),
    status: createRedisStatusStore(link),
    voice: createRedisVoiceStore(link),
  }
}
