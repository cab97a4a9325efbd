import {
  describeConversationStore,
  describeMessageAppends,
  describeMessageStore,
  describeReceiptStore,
  describeReplay,
  describeStoreBounds,
} from '@parley/testkit/contracts'
import { sharedServerUrl } from '@parley/testkit/services'
import { beforeAll, describe } from 'vitest'
import { openRooms, type RedisKind } from './redis-rooms-fixture.ts'

describe.each(['redis', 'redis-cluster'] satisfies RedisKind[])('rooms in %s', (kind) => {
  beforeAll(() => sharedServerUrl(kind))
  const open = () => openRooms(kind)

  describeConversationStore(kind, open)
  describeMessageAppends(kind, open)
  describeMessageStore(kind, open)
  describeReplay(kind, open)
  describeReceiptStore(kind, open)
  describeStoreBounds(kind, (bounds) => openRooms(kind, { bounds }))
})
