import { describeEraseAndPrune, describeUserStore } from '@parley/testkit/contracts'
import { sharedServerUrl } from '@parley/testkit/services'
import { beforeAll, describe } from 'vitest'
import { openMemoryStores } from '../memory/index.ts'
import { withKeptInbox } from './kept-inbox-fixture.ts'
import { openRooms, type RedisKind } from './redis-rooms-fixture.ts'

describe.each(['redis', 'redis-cluster'] satisfies RedisKind[])('rooms in %s', (kind) => {
  beforeAll(() => sharedServerUrl(kind))

  describeEraseAndPrune(kind, async () => withKeptInbox(await openRooms(kind)))

  // Profiles and what waits for people are kept where it lasts; rooms know who was in them.
  describeUserStore(kind, async () => {
    const rooms = await openRooms(kind)
    const { users, notifications } = openMemoryStores()
    const erase = async (id: string) => void (await Promise.all([rooms.users.erase(id), users.erase(id)]))
    return { ...rooms, notifications, users: { ...users, ...rooms.users, erase } }
  })
})
