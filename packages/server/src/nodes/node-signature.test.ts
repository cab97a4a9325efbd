import { expect, test } from 'vitest'
import { createNodeSignatures, SIGNATURE_HEADER } from './node-signature.ts'

const OLD = 'the secret that is on its way out, and long enough'
const NEW = 'the secret that signs from now on, and long enough'
const poll = { method: 'GET', path: '/socket.io/?sid=a.b', address: '192.0.2.1' }
let now = 1_800_000_000_000
const ours = createNodeSignatures([OLD], () => now)
const headers = (value: string) => ({ [SIGNATURE_HEADER]: value })

test('tells the address of the client that the request is for', () => {
  expect(ours.verify(poll, headers(ours.sign(poll)))).toBe('192.0.2.1')
  const overIpv6 = { ...poll, address: '2001:db8:0:1::/64' }
  expect(ours.verify(poll, headers(ours.sign(overIpv6)))).toBe('2001:db8:0:1::/64')
})

test.each([
  ['another method', { ...poll, method: 'POST' }],
  ['another path', { ...poll, path: '/socket.io/?sid=a.c' }],
])('is good for no %s', (_what, other) => {
  expect(ours.verify(other, headers(ours.sign(poll)))).toBeNull()
})

test('is good for no other address', () => {
  const [at, , signature] = ours.sign(poll).split(' ')
  expect(ours.verify(poll, headers(`${at} 192.0.2.2 ${signature}`))).toBeNull()
})

test('is good for a minute, on clocks that differ a little', () => {
  const signed = headers(ours.sign(poll))
  const signedAt = now
  now = signedAt - 50_000
  expect(ours.verify(poll, signed)).not.toBeNull()
  now = signedAt + 61_000
  expect(ours.verify(poll, signed)).toBeNull()
})

test('comes from whoever has the secret alone, during rotation also the one before', () => {
  const stranger = createNodeSignatures(['some other secret of the same length or more, perhaps'], () => now)
  expect(ours.verify(poll, headers(stranger.sign(poll)))).toBeNull()
  const rotating = createNodeSignatures([NEW, OLD], () => now)
  expect(rotating.verify(poll, headers(ours.sign(poll)))).not.toBeNull()
  expect(ours.verify(poll, headers(rotating.sign(poll)))).toBeNull()
})

test.each(['', 'x', '1 2 3', `${now} 192.0.2.1`, `${now} 192.0.2.1 `, `${now} 192.0.2.1 00 more`])(
  'what is none is refused: %j',
  (value) => {
    expect(ours.verify(poll, headers(value))).toBeNull()
  },
)
