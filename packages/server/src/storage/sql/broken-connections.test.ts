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
  async function openBehindLine() {
    await using opening = new AsyncDisposableStack()
    const testDatabase = opening.use(await openTestDatabase())
    const url = new URL(testDatabase.url)
    const line = opening.use(await openBreakingLine({ host: url.hostname, port: Number(url.port) }))
    url.hostname = '127.0.0.1'
    url.port = String(line.port)
    const opened = opening.move()
    return { line, url: url.href, [Symbol.asyncDispose]: () => opened.disposeAsync() }
  }

  test('leave room for others', async () => {
    // A file has none.
    if (kind === 'sqlite') return
    await using behind = await openBehindLine()
    const { line } = behind
    await using database = await openDatabase(behind.url, '.', { poolSize: POOL_SIZE, probeIntervalMs: 1 })
    await database.check()
    line.breakAll()
    await expect
      .poll(() =>
        database
          .check()
          .then(() => 'answers')
          .catch((error: Error) => error.message),
      )
      .toBe('answers')
    expect(line.breaksLeft).toBe(0)
  })

  test('do not end the start, unless it goes on for too long', async () => {
    if (kind === 'sqlite') return
    await using behind = await openBehindLine()
    const { line } = behind
    line.breakAll()
    await expect(openDatabase(behind.url, '.', { poolSize: POOL_SIZE, startTimeoutMs: 0 })).rejects.toThrow()
    line.breakAll()
    await using database = await openDatabase(behind.url, '.', { poolSize: POOL_SIZE })
    await database.check()
    expect(line.breaksLeft).toBe(0)
  })
})
