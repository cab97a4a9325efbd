import { startRedis } from '@parley/testkit/services'
import { expect, test } from 'vitest'
import { redisAddressOf } from '../config/redis-address.ts'
import { openRedis } from './open-redis.ts'
import { createRedisChannels } from './redis-channels.ts'

test('a channel that is wanted while Redis is frozen is listened to afterwards, and nobody is troubled with it', async () => {
  await using server = await startRedis({ isDurable: false })
  const address = redisAddressOf({ redisUrl: server.url, redisHost: null, redisPort: 0, redisPassword: null })
  if (address === null) throw new Error('no address')
  await using link = await openRedis(address, { answerTimeoutMs: 1000, report: () => undefined })
  const reported: unknown[] = []
  using channels = createRedisChannels(link, (error) => reported.push(error))
  const heard: string[] = []
  let subscribed = 0

  await server.pause()
  channels.listen('news', {
    heard: (bytes) => heard.push(bytes.toString()),
    subscribed() {
      subscribed += 1
    },
  })
  await expect.poll(channels.isUp).toBe(false)
  server.resume()
  await expect.poll(() => subscribed).toBeGreaterThan(0)
  await expect.poll(() => channels.send('news', 'hello').catch(() => 0)).toBe(1)
  await expect.poll(() => heard).toContain('hello')
  expect(reported).toEqual([])
})
