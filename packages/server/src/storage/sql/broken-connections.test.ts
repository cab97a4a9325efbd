import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { describeOnEachDatabase } from '@parley/testkit/services'
import { expect, test } from 'vitest'
import { openDatabase } from './open-database.ts'

const POOL_SIZE = 2
const BREAKS = 3 * POOL_SIZE
/** What every connection begins with, once it is open. */
const SETTINGS = /set (statement_timeout|names)/

/** A way to a server on which so many connections break as soon as they are settled, after `breakAll`. */
async function openBreakingLine(to: { readonly host: string; readonly port: number }) {
  const open = new Set<Socket>()
  let breaksLeft = 0
  const server = createServer((near) => {
    const far = connect(to)
    for (const socket of [near, far]) {
      open.add(socket)
      socket
        .on('error', () => undefined)
        .on('close', () => {
          open.delete(socket)
          near.destroy()
          far.destroy()
        })
    }
    far.pipe(near)
    near.on('data', (data) => {
      if (breaksLeft > 0 && SETTINGS.test(data.toString('latin1'))) {
        breaksLeft -= 1
        near.destroy()
      } else far.write(data)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    get breaksLeft() {
      return breaksLeft
    },
    breakAll() {
      breaksLeft = BREAKS
      for (const socket of open) socket.destroy()
    },
    async [Symbol.asyncDispose]() {
      server.close()
      for (const socket of open) socket.destroy()
    },
  }
}

describeOnEachDatabase('connections that break while they are made', (openTestDatabase, kind) => {
  test('leave room for others', async () => {
    // A file has none.
    if (kind === 'sqlite') return
    await using testDatabase = await openTestDatabase()
    const url = new URL(testDatabase.url)
    await using line = await openBreakingLine({ host: url.hostname, port: Number(url.port) })
    url.hostname = '127.0.0.1'
    url.port = String(line.port)
    await using database = await openDatabase(url.href, '.', { poolSize: POOL_SIZE, probeIntervalMs: 1 })
    await database.check()
    line.breakAll()
    await expect
      .poll(
        () =>
          database
            .check()
            .then(() => 'answers')
            .catch((error: Error) => error.message),
        { timeout: 10_000 },
      )
      .toBe('answers')
    expect(line.breaksLeft).toBe(0)
  })
})
