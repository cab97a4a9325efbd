import { readFile } from 'node:fs/promises'
import { startRedis } from '@parley/testkit/services'
import type { ProtocolName } from '../load/load-process.ts'
import { bareSocketIoServer, bareWsServer } from './bare-servers.ts'
import { openParley } from './parley.ts'
import { familyOf, residentBytesOf } from './process-figures.ts'

/** A server that is filled with connections. */
interface CapacityServer extends AsyncDisposable {
  readonly port: number
  /** The memory of all of its processes, and of the system for TCP. */
  memory(): Promise<{ readonly rssBytes: number; readonly tcpBytes: number }>
}

export interface CapacityPeer {
  readonly name: string
  readonly label: string
  readonly protocol: ProtocolName
  /** Those that clients come to. */
  readonly processes: number
  open(): Promise<CapacityServer>
}

const PAGE_BYTES = 4096
const START = { profileDir: null }

async function tcpBytes(): Promise<number> {
  const pages = /^TCP:.* mem (\d+)$/m.exec(await readFile('/proc/net/sockstat', 'utf8'))?.[1]
  return Number(pages) * PAGE_BYTES
}

async function filled(opening: () => Promise<AsyncDisposable & { readonly port: number; readonly pid: number }>) {
  const server = await opening()
  return {
    port: server.port,
    async memory() {
      const all = await Promise.all((await familyOf(server.pid)).map(residentBytesOf))
      return { rssBytes: all.reduce((sum, bytes) => sum + bytes, 0), tcpBytes: await tcpBytes() }
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

async function openWorkers(workers: number): Promise<CapacityServer> {
  await using opening = new AsyncDisposableStack()
  const redis = opening.use(await startRedis({ isDurable: false }))
  const env = { REDIS_URL: redis.url, WORKERS: String(workers) }
  const server = opening.use(await filled(() => openParley(START, env)))
  const opened = opening.move()
  return { ...server, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

/** Parley on one process by either wire and on two, and what each wire is held against. */
export const CAPACITY_PEERS: readonly CapacityPeer[] = [
  {
    name: 'parley-messenger',
    label: 'Parley, messenger wire',
    protocol: 'parley-messenger',
    processes: 1,
    open: () => filled(() => openParley(START)),
  },
  {
    name: 'parley-rooms',
    label: 'Parley, rooms wire',
    protocol: 'parley-rooms',
    processes: 1,
    open: () => filled(() => openParley(START)),
  },
  {
    name: 'parley-rooms-two',
    label: 'Parley, rooms wire, two workers',
    protocol: 'parley-rooms',
    processes: 2,
    open: () => openWorkers(2),
  },
  {
    name: 'socket-io',
    label: 'bare Socket.IO',
    protocol: 'bare-socket-io',
    processes: 1,
    open: () => filled(() => bareSocketIoServer.open(START)),
  },
  {
    name: 'ws',
    label: 'bare ws',
    protocol: 'bare-ws',
    processes: 1,
    open: () => filled(() => bareWsServer.open(START)),
  },
]
