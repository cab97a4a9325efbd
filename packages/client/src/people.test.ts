import type { Presence } from '@parley/protocol/messenger'
import { expect, test } from 'vitest'
import { createPeople } from './people.ts'

const seenAs = (userId: string, status: Presence['status']): Presence => ({ userId, status, lastSeen: 7 })

test('people are followed once there is a socket, and of nobody is anything known without one', async () => {
  const asked: (readonly string[])[] = []
  let changes = 0
  const people = createPeople({
    async follow(userIds) {
      asked.push(userIds)
      return userIds.map((id) => seenAs(id, 'away'))
    },
    onChange: () => (changes += 1),
  })
  people.meet([{ userId: 'a', name: 'Ada' }])
  people.presence(seenAs('stranger', 'online'))
  expect(asked).toEqual([])
  expect([...people.all().values()]).toEqual([{ userId: 'a', name: 'Ada', status: null, lastSeen: null }])
  people.resume()
  await expect.poll(() => people.all().get('a')).toEqual({ userId: 'a', name: 'Ada', status: 'away', lastSeen: 7 })
  people.meet([
    { userId: 'a', name: 'Ada' },
    { userId: 'b', name: 'Bo' },
  ])
  await expect.poll(() => people.all().get('b')?.status).toBe('away')
  expect(asked).toEqual([['a'], ['b']])
  const before = changes
  people.presence(seenAs('a', 'away'))
  expect(changes).toBe(before)
  people.presence(seenAs('a', 'online'))
  expect(people.all().get('a')?.status).toBe('online')
  people.pause()
  expect([...people.all().values()].map(({ status, lastSeen }) => [status, lastSeen])).toEqual([
    [null, 7],
    [null, 7],
  ])
})

test('more than 200 are asked for in parts, and those for whom it failed with the next socket', async () => {
  const sizes: number[] = []
  const people = createPeople({
    async follow(userIds) {
      sizes.push(userIds.length)
      throw new Error('not now')
    },
    onChange: () => undefined,
  })
  people.resume()
  people.meet(Array.from({ length: 450 }, (_, index) => ({ userId: `u${index}`, name: 'Somebody' })))
  people.pause()
  people.resume()
  await expect.poll(() => sizes).toEqual([200, 200, 50, 200, 200, 50])
})
