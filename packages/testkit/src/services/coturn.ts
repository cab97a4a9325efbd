import { randomBytes, randomInt } from 'node:crypto'
import type { Config } from '@parley/server/config'
import { createSystemClock } from '@parley/server/ids/system-clock'
import { openCoturn } from '@parley/server/media/coturn'
import { findMediaAddress } from '@parley/server/media/janus-files'
import { createTurn, type IceServer, type TurnServer } from '@parley/server/media/turn-credentials'
import { findFreePort, makeServerFolder, removeFolder } from './server-process.ts'

const RELAY_PORTS = 200
const FIRST_RELAY_PORT = 40_000
const LAST_RELAY_PORT = 60_000

/** A real coturn on a free port of the machine's own address (never loopback). */
export interface CoturnProcess extends AsyncDisposable {
  readonly server: TurnServer
  /** With these settings a server gives credentials for it. */
  readonly config: Pick<Config, 'turn' | 'turnSecret' | 'turnHost' | 'turnPort' | 'turnRealm'>
  /** What a browser needs for `iceTransportPolicy: 'relay'`. */
  iceServers(user?: string): readonly IceServer[]
  /** What it wrote so far. */
  log(): string
}

/** A coturn that is configured as the server does it, and relays to itself, to the machine's own address and to public ones. */
export async function startCoturn(): Promise<CoturnProcess> {
  const address = findMediaAddress()
  if (address === null) throw new Error('coturn needs a network: this machine has only its loopback interface')
  const folder = await makeServerFolder('coturn')
  const lines: string[] = []
  const write = (_fields: object, line: string) => void lines.push(line)
  const clock = createSystemClock()
  const server: TurnServer = {
    host: address,
    port: await findFreePort(),
    tlsPort: null,
    realm: 'parley',
    secret: randomBytes(24).toString('base64url'),
  }
  const firstPort = randomInt(FIRST_RELAY_PORT, LAST_RELAY_PORT)
  const coturn = await openCoturn(
    {
      address,
      publicAddress: null,
      port: server.port,
      relayPorts: [firstPort, firstPort + RELAY_PORTS - 1],
      realm: server.realm,
      secret: server.secret,
      allowedPeers: [],
      tls: null,
    },
    { clock, logger: { debug: write, info: write, warn: write }, folder },
  )
  const failure = await coturn.firstTry
  if (failure !== null) {
    await coturn[Symbol.asyncDispose]()
    throw new Error(`coturn did not start: ${failure}`)
  }
  const turn = createTurn({ server, stunUrls: [], ttlS: 3600, now: () => clock.now() })
  return {
    server,
    config: {
      turn: 'auto',
      turnSecret: server.secret,
      turnHost: server.host,
      turnPort: server.port,
      turnRealm: server.realm,
    },
    iceServers: (user = 'somebody') => turn.iceServersFor(user),
    log: () => lines.join('\n'),
    async [Symbol.asyncDispose]() {
      await coturn[Symbol.asyncDispose]()
      await removeFolder(folder)
    },
  }
}
