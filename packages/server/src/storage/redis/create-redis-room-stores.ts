import type { ConversationStore, MessageStore, ReceiptStore, UserStore } from '@parley/core'
import type { RedisLink } from '../../redis/open-redis.ts'
import { createRedisConversationStore, type RedisRoomBounds } from './redis-conversation-store.ts'
import { createRedisMessageStore } from './redis-message-store.ts'
import { createRedisReceiptStore } from './redis-receipt-store.ts'
import { createRedisRoomUsers } from './redis-room-users.ts'
import { createRoomIndex } from './room-index.ts'

export interface RedisRoomOptions {
  readonly bounds?: Partial<RedisRoomBounds>
  /** What the names of lists across rooms begin with. Tests that share one Redis have each their own. */
  readonly space?: string
}

export interface RedisRoomStores {
  readonly conversations: ConversationStore
  readonly messages: MessageStore
  readonly receipts: ReceiptStore
  readonly users: Pick<UserStore, 'everIn' | 'erase'>
}

const DEFAULT_BOUNDS: RedisRoomBounds = {
  maxMessages: 10_000,
  maxChanges: 5_000,
  maxBytes: 16 * 1024 * 1024,
  maxConversations: 1_000_000,
}

/** Everything that is kept of rooms, in one Redis for all nodes. The link is whoever's opened it to close. */
export function createRedisRoomStores(link: RedisLink, options: RedisRoomOptions = {}): RedisRoomStores {
  const index = createRoomIndex(link, options.space ?? 'parley')
  const messages = createRedisMessageStore(link)
  const bounds = { ...DEFAULT_BOUNDS, ...options.bounds }
  return {
    conversations: createRedisConversationStore(link, index, messages, bounds),
    messages,
    receipts: createRedisReceiptStore(link),
    users: createRedisRoomUsers(link, index),
  }
}
