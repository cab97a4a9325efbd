import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseConfig } from '../config/index.ts'
import { createClientOrigin } from './client-address.ts'
import { limitConnections } from './limit-connections.ts'

let stack: AsyncDisposableStack
beforeEach(() => {
  stack = new AsyncDisposableStack()
})
afterEach(() => stack.disposeAsync())

async function serve(trustProxy: string) {
  const server = createServer((_request, response) => response.end('hello'))
  const seen: string[] = []
  const client = createClientOrigin(parseConfig({ TRUST_PROXY: trustProxy }).config.trustProxy)
  limitConnections(server, { client, max: 2, security: ({ type, address }) => seen.push(`${type} ${address}`) })
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
  return { open, seen, server }
}

test('an address may have so many connections, and others when those are closed', async () => {
  const { open, seen, server } = await serve('')
  const first = await open()
  await open()
  expect((await open()).answer).toBe('')
  expect(seen).toEqual(['too-many-connections 127.0.0.1'])
  const serverSide = new Promise<void>((resolve) => {
    const look = () => server.getConnections((_error, count) => (count < 2 ? resolve() : setImmediate(look)))
    look()
  })
  first.socket.destroy()
  await serverSide
  expect((await open()).answer).toContain('hello')
})

test.each(['loopback', '1'])('a trusted proxy (%s) brings everybody', async (trustProxy) => {
  const { open } = await serve(trustProxy)
  for (let n = 0; n < 5; n += 1) expect((await open()).answer).toContain('hello')
})
