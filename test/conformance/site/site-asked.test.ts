import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startServer } from '@parley/testkit'
import { signSiteToken } from '@parley/testkit/sign-site-token'
import { io } from 'socket.io-client'
import { expect, test } from 'vitest'

const SECRET = 'b3JhbmdlcyBhbmQgbGVtb25zLCBzYXkgdGhlIGJlbGxz'

/** A main site that knows who is logged in, and can be off. */
async function openSite() {
  const loggedIn = new Set<string>()
  const server = createServer((request, response) => {
    response.writeHead(loggedIn.has(request.headers.authorization ?? '') ? 200 : 401).end()
  })
  const start = async (port: number) => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  await start(0)
  const { port } = server.address() as AddressInfo
  const stop = async () => {
    if (!server.listening) return
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }
  return {
    url: `http://127.0.0.1:${port}`,
    logIn: (token: string) => loggedIn.add(`Bearer ${token}`),
    logOut: (token: string) => loggedIn.delete(`Bearer ${token}`),
    stop,
    start: () => start(port),
    [Symbol.asyncDispose]: stop,
  }
}

/** `in`, or the code of the refusal. */
async function knock(url: string, token: string, by: 'handshake' | 'authenticate'): Promise<string> {
  const options = { forceNew: true, reconnection: false, transports: ['websocket'] }
  const socket = io(url, by === 'handshake' ? { ...options, auth: { token } } : options)
  try {
    return await new Promise<string>((resolve, reject) => {
      socket.once('connect_error', (error: Error & { data?: { code: string } }) =>
        error.data === undefined ? reject(error) : resolve(error.data.code),
      )
      socket.once('connected', async () => {
        if (by === 'handshake') return resolve('in')
        const answer = await socket.emitWithAck('authenticate', { token })
        resolve(answer.ok ? 'in' : answer.error.code)
      })
    })
  } finally {
    socket.close()
  }
}

test.each(['handshake', 'authenticate'] as const)('the site has a say in each %s', async (by) => {
  await using site = await openSite()
  await using server = await startServer({
    jwtSecrets: [SECRET],
    mainSiteUrl: site.url,
    tokenVerifyUrl: '/api/session',
    rateLimits: 'off',
  })
  const token = signSiteToken(SECRET, 'ann')
  expect(await knock(server.url, token, by)).toBe('UNAUTHENTICATED')
  site.logIn(token)
  expect(await knock(server.url, token, by)).toBe('in')
  site.logOut(token)
  expect(await knock(server.url, token, by)).toBe('UNAUTHENTICATED')
  await site.stop()
  expect(await knock(server.url, token, by)).toBe('in')
  await site.start()
  expect(await knock(server.url, token, by)).toBe('UNAUTHENTICATED')
})
