import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BENCH_SECRET } from '../load/guest-token.ts'
import { type NodeServer, openNodeServer } from './node-server.ts'
import type { Peer, PeerStart } from './peer.ts'

const MAIN = new URL('../../../packages/server/src/main.ts', import.meta.url)
const NO_LIMIT = '1000000'
const HOUR_MS = '3600000'

async function isHealthy(port: number): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${port}/health`)
  await response.body?.cancel()
  return response.ok
}

/**
 * The real server doing its whole work. Only what would stop a load from one address is lifted: rate
 * limits, room size, rooms and connections per address, and the time after which idle people are let go.
 */
export async function openParley(start: PeerStart, env: Readonly<Record<string, string>> = {}): Promise<NodeServer> {
  const directory = await mkdtemp(join(tmpdir(), 'parley-bench-'))
  return openNodeServer(MAIN, start, {
    env: {
      NODE_ENV: 'development',
      HOST: '127.0.0.1',
      DATA_DIR: directory,
      JWT_SECRET: BENCH_SECRET,
      LOG_LEVEL: 'warn',
      RATE_LIMITS: 'off',
      ROOM_MAX_PARTICIPANTS: '10000',
      MAX_CONNECTIONS_PER_ADDRESS: NO_LIMIT,
      IDLE_TIMEOUT: HOUR_MS,
      MAX_IDLE_TIME: HOUR_MS,
      ...env,
    },
    ready: isHealthy,
    closed: () => rm(directory, { recursive: true, force: true }),
  })
}

export const parleyRoomsWire: Peer = {
  name: 'parley-rooms',
  label: 'Parley, rooms wire',
  protocol: 'parley-rooms',
  isParley: true,
  missing: () => null,
  open: (start) => openParley(start),
}

export const parleyMessengerWire: Peer = {
  name: 'parley-messenger',
  label: 'Parley, messenger wire',
  protocol: 'parley-messenger',
  isParley: true,
  missing: () => null,
  open: (start) => openParley(start),
}
