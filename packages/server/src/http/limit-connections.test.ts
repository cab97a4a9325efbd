import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseConfig } from '../config/index.ts'
import { createClientOrigin } from './client-address.ts'
import { limitConnections } from './limit-connections.ts'

/** Longer than what a system keeps for a client that does not read. */
const LONG = 'x'.repeat(32 * 1024 * 1024)

let stack: AsyncDisposableStack
beforeEach(() => {
  stack = new AsyncDisposableStack()
})
afterEach(() => stack.disposeAsync())

async function serve(trustProxy: string) {
  const server = createServer(({ url }, response) => response.end(url === '/long' ? LONG : 'hello'))
  const seen: string[] = []
  const client = createClientOrigin(parseConfig({ TRUST_PROXY: trustProxy }).config.trustProxy)
  limitConnections(server, {
    client,
    max: 2,
    maxUnreadBytes: LONG.length * 1.5,
    security: ({ type, address }) => seen.push(`${type} ${address}`),
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  stack.defer(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  /** A connection that has its answer, or has been ended without one. */
  const open = async (): Promise<{ socket: Socket; answer: string }> => {
    const socket = connect(port, '127.0.0.1')
    stack.defer(() => void socket.destroy())
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    let answer = ''
    await new Promise<void>((resolve) => {
      socket.on('data', (chunk) => {
        answer += String(chunk)
        if (answer.includes('hello')) resolve()
      })
      socket.on('error', () => resolve())
      socket.on('close', () => resolve())
    })
    return { socket, answer }
  }
  /** Asks for a long answer and reads nothing of it. */
  const askOnly = async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1').pause()
    stack.defer(() => void socket.destroy())
    socket.on('error', () => undefined)
    socket.write('GET /long HTTP/1.1\r\nHost: x\r\n\r\n')
    await once(socket, 'connect')
    return socket
  }
  return { open, askOnly, seen, server }
}

test('an address may have so many connections, and others when those are closed', async () => {
  const { open, seen } = await serve('')
  const first = await open()
  await open()
  expect((await open()).answer).toBe('')
  expect(seen).toEqual(['too-many-connections 127.0.0.1'])
  first.socket.destroy()
  await expect.poll(answerOfAnother(open)).toContain('hello')
})

test.each(['loopback', '1'])('a trusted proxy (%s) brings everybody', async (trustProxy) => {
  const { open } = await serve(trustProxy)
  for (let n = 0; n < 5; n += 1) expect((await open()).answer).toContain('hello')
})

test('who asks for more than they read loses what they have not read, and nobody else anything', async () => {
  const { open, askOnly, seen, server } = await serve('')
  await askOnly()
  await expect.poll(() => countOf(server)).toBe(1)
  await askOnly()
  await expect.poll(() => seen).toEqual(['answers-unread 127.0.0.1'])
  await expect.poll(() => countOf(server)).toBe(1)
  await expect.poll(answerOfAnother(open)).toContain('hello')
})

/** A connection counts until it is closed, which is a moment after it has been destroyed. */
const answerOfAnother = (open: () => Promise<{ readonly answer: string }>) => async () => (await open()).answer

const countOf = (server: Server): Promise<number> =>
  new Promise((resolve) => server.getConnections((_error, count) => resolve(count)))
