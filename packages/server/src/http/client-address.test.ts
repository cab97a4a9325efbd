import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseConfig } from '../config/index.ts'
import { createClientOrigin } from './client-address.ts'

/** Answers with what `TRUST_PROXY`, sent as a header of the test's own, makes of the request. */
const server = createServer((request, response) => {
  const setting = request.headers['x-test-trust'] as string
  const client = createClientOrigin(parseConfig({ TRUST_PROXY: setting }).config.trustProxy)
  response.end(
    JSON.stringify({
      address: client.address(request),
      isSecure: client.isSecure(request),
      host: client.host(request),
    }),
  )
})
let url = ''
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.close()
})

async function seenBy(trust: string, headers: Record<string, string>) {
  const answer = await fetch(url, { headers: { 'x-test-trust': trust, ...headers } })
  return (await answer.json()) as { address: string; isSecure: boolean; host: string }
}
const addressBy = async (trust: string, forwarded: string) =>
  (await seenBy(trust, { 'x-forwarded-for': forwarded })).address

describe('the address that limits count', () => {
  test.each([
    // trust, X-Forwarded-For, seen
    ['', '203.0.113.9', '127.0.0.1'],
    ['none', '203.0.113.9', '127.0.0.1'],
    ['10.0.0.0/8', '203.0.113.9', '127.0.0.1'],
    ['1', '203.0.113.9', '203.0.113.9'],
    ['1', '6.6.6.6, 203.0.113.9', '203.0.113.9'],
    ['2', '6.6.6.6, 203.0.113.9, 10.0.0.1', '203.0.113.9'],
    ['2', '203.0.113.9', '203.0.113.9'],
    ['loopback', '203.0.113.9', '203.0.113.9'],
    ['loopback', '6.6.6.6, 203.0.113.9', '203.0.113.9'],
    ['loopback,10.0.0.0/8', '6.6.6.6, 203.0.113.9, 10.1.2.3', '203.0.113.9'],
    ['loopback, private', '203.0.113.9, 192.168.1.1, 10.1.2.3', '203.0.113.9'],
    ['127.0.0.1', '127.0.0.1, 203.0.113.9', '203.0.113.9'],
    ['loopback', 'unknown', '127.0.0.1'],
    ['loopback', '<script>', '127.0.0.1'],
    ['loopback', '203.0.113.9:4711', '203.0.113.9'],
    ['loopback', '[2001:db8::1]:4711', '2001:db8:0:0::/64'],
    ['loopback', '::ffff:203.0.113.9', '203.0.113.9'],
    ['loopback', '2001:DB8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['loopback', '2001:db8:1:2::ffff', '2001:db8:1:2::/64'],
    ['loopback', 'fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['loopback', '', '127.0.0.1'],
  ])('TRUST_PROXY=%s with X-Forwarded-For: %s is %s', async (trust, forwarded, seen) => {
    expect(await addressBy(trust, forwarded)).toBe(seen)
  })

  test('can not be chosen by a sender behind the trusted proxy, however much they write', async () => {
    const forged = Array.from({ length: 50 }, (_, at) => `198.51.100.${at}`).join(', ')
    expect(await addressBy('loopback', `${forged}, 203.0.113.9`)).toBe('203.0.113.9')
    expect(await addressBy('1', `${forged}, 203.0.113.9`)).toBe('203.0.113.9')
  })
})

describe('TLS and the host', () => {
  test('are believed of a trusted proxy', async () => {
    const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'chat.example.org' }
    expect(await seenBy('loopback', headers)).toMatchObject({ isSecure: true, host: 'chat.example.org' })
  })

  test('and of nobody else', async () => {
    const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'chat.example.org' }
    expect(await seenBy('', headers)).toMatchObject({ isSecure: false, host: new URL(url).host })
  })
})
