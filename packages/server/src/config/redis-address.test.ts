import { expect, test } from 'vitest'
import { parseRedisUrl, redisAddressOf } from './redis-address.ts'

test.each(['redis://127.0.0.1', 'rediss://user:secret@redis.example.org:6380/3'])('%s is one server', (url) => {
  expect(parseRedisUrl(url)).toEqual({ kind: 'server', url })
})

test('several servers are a Cluster', () => {
  expect(parseRedisUrl('redis://a:7000, redis://b:7001')).toEqual({
    kind: 'cluster',
    urls: ['redis://a:7000', 'redis://b:7001'],
  })
})

test('Sentinels are named with what they watch', () => {
  expect(parseRedisUrl('redis+sentinel://me:a%2Fb@one:26380,[fd00::2]/parley/2')).toEqual({
    kind: 'sentinel',
    sentinels: [
      { host: 'one', port: 26380 },
      { host: 'fd00::2', port: 26379 },
    ],
    name: 'parley',
    db: 2,
    isTls: false,
    username: 'me',
    password: 'a/b',
    sentinelLogin: { username: null, password: null },
  })
  expect(parseRedisUrl('redis+sentinel://one/parley')).toMatchObject({ name: 'parley', db: 0, password: null })
})

test('Sentinels have a login of their own, and TLS', () => {
  expect(
    parseRedisUrl('rediss+sentinel://:pass@one,two/parley?sentinelUsername=eye&sentinelPassword=p%26%2Bq'),
  ).toMatchObject({
    isTls: true,
    username: null,
    password: 'pass',
    sentinelLogin: { username: 'eye', password: 'p&+q' },
  })
})

test.each([
  '',
  'localhost:6379',
  'http://redis',
  'redis://',
  'redis://a,http://b',
  'redis://a,',
  'redis+sentinel://one',
  'redis+sentinel://one:port/parley',
  'redis+sentinel://one/parley?password=x',
])('"%s" is no address of Redis', (text) => {
  expect(parseRedisUrl(text)).toBeNull()
})

test('host, port and password make an address too', () => {
  const none = { redisUrl: null, redisHost: null, redisPort: 6379, redisPassword: null }
  expect(redisAddressOf(none)).toBeNull()
  expect(redisAddressOf({ ...none, redisHost: 'fd00::2', redisPassword: 'p@ss' })).toEqual({
    kind: 'server',
    url: 'redis://:p%40ss@[fd00::2]:6379',
  })
})
