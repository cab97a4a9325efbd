import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type CuttableLine, openCuttableLine } from './cuttable-line.ts'

let stack: AsyncDisposableStack
let line: CuttableLine
let far: Socket[]
beforeEach(() => {
  stack = new AsyncDisposableStack()
  far = []
})
afterEach(() => stack.disposeAsync())

/** To a server that says back what it hears: on a port, or on a UNIX socket with this path. */
async function openLine(path?: string): Promise<void> {
  const server = createServer((socket) => {
    far.push(socket)
    socket.on('error', () => socket.destroy()).pipe(socket)
  })
  if (path === undefined) server.listen(0, '127.0.0.1')
  else server.listen(path)
  await once(server, 'listening')
  stack.defer(() => {
    for (const socket of far) socket.destroy()
    server.close()
  })
  line = stack.use(await openCuttableLine(path ?? (server.address() as AddressInfo).port))
}

async function openLineToPath(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'line-'))
  stack.defer(() => rm(folder, { recursive: true }))
  await openLine(join(folder, 'socket'))
}

/** What came back so far, and whether it still stands. */
async function call(): Promise<{ socket: Socket; heard: () => string; ended: Promise<unknown> }> {
  const socket = connect(line.port, '127.0.0.1')
  let heard = ''
  socket.on('data', (chunk: Buffer) => {
    heard += chunk.toString()
  })
  const ended = new Promise((resolve) => socket.once('close', resolve).on('error', () => undefined))
  await Promise.race([new Promise((resolve) => socket.once('connect', resolve)), ended])
  return { socket, heard: () => heard, ended }
}

describe.each([
  ['a port', () => openLine()],
  ['a UNIX socket', openLineToPath],
])('a line to %s', (_, open) => {
  beforeEach(open)

  test('passes on both ways, until it is severed; the next one goes through', async () => {
    const one = await call()
    one.socket.write('hello')
    await expect.poll(one.heard).toBe('hello')
    line.sever()
    await one.ended
    await expect.poll(() => far[0]?.destroyed).toBe(true)
    const next = await call()
    next.socket.write('again')
    await expect.poll(next.heard).toBe('again')
  })

  test('lets nobody through while it is cut', async () => {
    const one = await call()
    line.cut()
    await one.ended
    await (await call()).ended
    line.mend()
    const next = await call()
    next.socket.write('again')
    await expect.poll(next.heard).toBe('again')
  })

  test('keeps all while it is held, and loses nothing of it', async () => {
    const one = await call()
    one.socket.write('before ')
    await expect.poll(one.heard).toBe('before ')
    line.hold()
    one.socket.write('meanwhile ')
    const other = await call()
    other.socket.write('new')
    await pause(50)
    expect([one.heard(), other.heard()]).toEqual(['before ', ''])
    line.mend()
    one.socket.write('after')
    await expect.poll(one.heard).toBe('before meanwhile after')
    await expect.poll(other.heard).toBe('new')
  })
})
