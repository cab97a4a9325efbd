import { once } from 'node:events'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { openWebSocket, type WebSocketClient } from './web-socket.ts'

let server: WebSocketServer
let client: WebSocketClient
let accepted: WebSocket
let received: string[]
let closed: string[]

beforeEach(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const connection = once(server, 'connection')
  const reasons: string[] = []
  received = []
  closed = reasons
  client = await openWebSocket({
    address: { port: address.port },
    path: '/',
    onText: (chunk, start, end) => received.push(chunk.toString('utf8', start, end)),
    closed: (reason) => reasons.push(reason),
  })
  const [socket]: WebSocket[] = await connection
  if (!socket) throw new Error('no connection')
  accepted = socket
})

afterEach(() => {
  client.close()
  server.close()
})

test('texts of every length of header go both ways, in order', async () => {
  const texts = ['', 'a', 'å'.repeat(70), 'b'.repeat(126), 'c'.repeat(16_000)]
  const echoed: string[] = []
  accepted.on('message', (data) => echoed.push(String(data)))
  for (const text of texts) client.send(text)
  for (const text of texts) accepted.send(text)
  await expect.poll(() => received).toEqual(texts)
  await expect.poll(() => echoed).toEqual(texts)
})

test('of a very long frame the head is kept, and what follows it is found', async () => {
  accepted.send(`head ${'x'.repeat(1_000_000)}`)
  accepted.send('after')
  await expect.poll(() => received.map((text) => text.slice(0, 5))).toEqual(['head ', 'after'])
})

test('frames in one write, and cut anywhere, are told apart', async () => {
  const texts = Array.from({ length: 300 }, (_, index) => `${index} ${'y'.repeat(index * 3)}`)
  for (const text of texts) accepted.send(text)
  await expect.poll(() => received).toEqual(texts)
})

test('pings are answered', async () => {
  const pong = once(accepted, 'pong')
  accepted.ping('still there?')
  expect(String((await pong)[0])).toBe('still there?')
})

test('the reason of a close is told', async () => {
  accepted.close(4508, 'too slow')
  await expect.poll(() => closed).toEqual(['closed with 4508 too slow'])
})
