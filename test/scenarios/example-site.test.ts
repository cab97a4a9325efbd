import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startServer } from '@parley/testkit'
import { expect, it } from 'vitest'
import { createSite } from '../../examples/site/server/site.js'

/** Asks for exactly this path, which `fetch` would make shorter. */
async function statusOf(port: number, path: string): Promise<number | undefined> {
  const asked = request({ port, host: '127.0.0.1', path }).end()
  const [answer] = await once(asked, 'response')
  answer.resume()
  return answer.statusCode
}

it('the example site passes on the calls of the chat, and nothing else of the server behind it', async () => {
  await using server = await startServer()
  // With nothing between them that would keep it to itself.
  const [url = ''] = server.nodeUrls
  expect((await fetch(`${url}/metrics`)).status).toBe(200)
  const secret = () => randomBytes(32).toString('base64')
  const site = createSite({
    jwtSecret: secret(),
    sessionSecret: secret(),
    apiKey: secret(),
    socketUrl: url,
    apiUrl: url,
  })
  site.listen(0, '127.0.0.1')
  await once(site, 'listening')
  const { port } = site.address() as AddressInfo
  try {
    expect(await statusOf(port, '/api/conversations')).toBe(401)
    for (const path of [
      '/api/messenger/../../metrics',
      '/sdk/%2e%2e/metrics',
      '/sdk/..\\metrics',
      '/api/conversations/../users/ada',
      `${url}/metrics`,
      '//127.0.0.1/metrics',
    ]) {
      expect(await statusOf(port, path), path).not.toBe(200)
    }
  } finally {
    site.close()
    site.closeAllConnections()
  }
})
