import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { describeOnOwnRedis } from '../redis/own-redis-fixture.ts'
import { createRedisRoomPlaces } from './redis-room-places.ts'
import { createMemoryRoomPlaces, type RoomPlaces } from './room-places.ts'

const place = (server: string) => ({ server, room: randomUUID() })

function describeRoomPlaces(open: () => Promise<readonly [RoomPlaces, RoomPlaces]>): void {
  test('of several nodes that place a conversation at once, one does, and all go by it', async () => {
    const nodes = await open()
    expect(await nodes[0].find('room')).toBeNull()
    const wanted = Array.from({ length: 8 }, () => place('janus'))
    const settled = await Promise.all(wanted.map((one, at) => nodes[at % 2 === 0 ? 0 : 1].settle('room', one, null)))
    const [first] = settled
    expect(settled).toEqual(Array.from({ length: 8 }, () => first))
    expect(wanted).toContainEqual(first)
    expect(await nodes[1].find('room')).toEqual(first)
  })

  test('it is moved from where it is, once', async () => {
    const nodes = await open()
    const first = await nodes[0].settle('room', place('one'), null)
    const moved = await nodes[0].settle('room', place('two'), first)
    expect(moved.server).toBe('two')
    expect(await nodes[1].settle('room', place('three'), first)).toEqual(moved)
  })

  test('what is left is forgotten, unless it was moved', async () => {
    const nodes = await open()
    const first = await nodes[0].settle('room', place('one'), null)
    const moved = await nodes[0].settle('room', place('two'), first)
    await nodes[1].leave('room', first)
    expect(await nodes[1].find('room')).toEqual(moved)
    await nodes[1].leave('room', moved)
    expect(await nodes[0].find('room')).toBeNull()
  })
}

describeRoomPlaces(async () => {
  const places = createMemoryRoomPlaces()
  return [places, places]
})

describeOnOwnRedis((_, empty) => {
  describeRoomPlaces(async () => {
    const link = await empty()
    return [createRedisRoomPlaces(link), createRedisRoomPlaces(link)]
  })
})
