import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { createTurn, type TurnServer } from './turn-credentials.ts'

const RELAY: TurnServer = {
  host: 'turn.example.org',
  port: 3478,
  tlsPort: null,
  realm: 'example.org',
  secret: 's3cret',
}
const NOW = Date.UTC(2030, 0, 1)
const turn = (server: TurnServer | null, stunUrls: readonly string[] = []) =>
  createTurn({ server, stunUrls, ttlS: 3600, now: () => NOW })

test('a user gets a name with an end, and the password that goes with it', () => {
  const username = `${NOW / 1000 + 3600}:u-1`
  const credential = createHmac('sha1', 's3cret').update(username).digest('base64')
  expect(turn(RELAY).credentialsFor('u-1')).toEqual({
    username,
    credential,
    ttl: 3600,
    realm: 'example.org',
    iceServers: [
      { urls: 'stun:turn.example.org:3478' },
      {
        urls: ['turn:turn.example.org:3478?transport=udp', 'turn:turn.example.org:3478?transport=tcp'],
        username,
        credential,
      },
    ],
  })
})

test('with TLS there is one address more', () => {
  expect(turn({ ...RELAY, tlsPort: 5349 }).credentialsFor('u-1')?.iceServers[1]?.urls).toEqual([
    'turn:turn.example.org:3478?transport=udp',
    'turn:turn.example.org:3478?transport=tcp',
    'turns:turn.example.org:5349?transport=tcp',
  ])
})

test('STUN servers that were named come before the relay’s own', () => {
  const named = ['stun:one.example.org', 'stun:two.example.org']
  expect(
    turn(RELAY, named)
      .iceServersFor('u-1')
      .map(({ urls }) => urls),
  ).toEqual([...named, expect.any(Array)])
})

test('without a relay there are no credentials, and the STUN servers remain', () => {
  const none = turn(null, ['stun:one.example.org'])
  expect(none.credentialsFor('u-1')).toBeNull()
  expect(none.iceServersFor('u-1')).toEqual([{ urls: 'stun:one.example.org' }])
})

test('a name that the relay would not take is spelled in ASCII', () => {
  expect(turn(RELAY).credentialsFor('Åsa B')?.username).toBe(`${NOW / 1000 + 3600}:%C3%85sa%20B`)
})
