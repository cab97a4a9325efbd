import { lookup } from 'node:dns/promises'
import { join } from 'node:path'
import type { Clock } from '@parley/core'
import type { Logger } from 'pino'
import { keptSecret } from '../../auth/kept-secret.ts'
import type { Config } from '../../config/index.ts'
import type { Service } from '../../ops/health.ts'
import { childOwner } from '../../ops/supervisor/guard-command.ts'
import { addressOutside, type Machine, type TurnPlan } from '../media-plan.ts'
import { makeRunFolder } from '../run-folder.ts'
import { openCoturn } from './open-coturn.ts'
import type { TurnServer } from './turn-credentials.ts'

export interface TurnParts {
  readonly clock: Clock
  readonly logger: Logger
  readonly machine: Machine
}

/** What browsers are relayed by. Disposing ends a coturn that was started for it. */
export interface OpenTurn extends AsyncDisposable {
  readonly server: TurnServer | null
  /** What the start line says of the relay. */
  readonly summary: string
  readonly services: readonly Service[]
}

const none = (why: string): OpenTurn => ({
  server: null,
  summary: `TURN none: ${why}`,
  services: [],
  [Symbol.asyncDispose]: async () => undefined,
})

/** Starts coturn, or takes the relay that runs elsewhere, as planned. A coturn that does not start is done without. */
export async function openTurn(plan: TurnPlan, config: Config, parts: TurnParts): Promise<OpenTurn> {
  if (plan.kind === 'none') return none(plan.why)
  if (plan.kind === 'elsewhere') {
    const server = describe(config, plan.host, plan.secret)
    return {
      server,
      summary: `TURN ${server.host}:${server.port}`,
      services: [],
      [Symbol.asyncDispose]: async () => undefined,
    }
  }
  try {
    return await startCoturn(plan.address, config, parts)
  } catch (error) {
    return none(error instanceof Error ? error.message : String(error))
  }
}

/** The relay that another process of this machine found or started. */
export async function sharedTurn(server: TurnServer | null, services: readonly Service[]): Promise<OpenTurn> {
  return { ...none(''), server, services }
}

function describe(config: Config, host: string, secret: string): TurnServer {
  return {
    host,
    port: config.turnPort,
    tlsPort: config.turnTls ? config.turnTlsPort : null,
    realm: config.turnRealm ?? config.turnHost ?? host,
    secret,
  }
}

async function startCoturn(address: string, config: Config, { clock, logger, machine }: TurnParts): Promise<OpenTurn> {
  const outside = addressOutside(config.mediaIp, machine)
  const secret = config.turnSecret ?? (await keptSecret(config.dataDir, 'turn-secret')).secret
  const server = describe(config, config.turnHost ?? outside ?? address, secret)
  const folder = join(await makeRunFolder(config.dataDir, childOwner() !== null), 'coturn')
  const { turnTls, turnTlsPort, certPath, keyPath } = config
  const program = await openCoturn(
    {
      address,
      publicAddress: outside,
      port: config.turnPort,
      relayPorts: config.turnRelayPorts,
      realm: server.realm,
      secret,
      allowedPeers: [...(await addressesOf(config.janusUrls)), ...config.turnPeers],
      tls: turnTls && certPath !== null && keyPath !== null ? { port: turnTlsPort, certPath, keyPath } : null,
    },
    { clock, logger, folder },
  )
  const failure = await program.firstTry
  if (failure !== null) {
    await program[Symbol.asyncDispose]()
    return none(`coturn did not start: ${failure}`)
  }
  return {
    server,
    summary: `TURN coturn, started here on ${server.host}:${server.port}`,
    services: [program],
    [Symbol.asyncDispose]: program[Symbol.asyncDispose],
  }
}

/** Where media servers are that run elsewhere; a name that leads nowhere now is left out. */
async function addressesOf(urls: readonly string[]): Promise<readonly string[]> {
  const hosts = urls.map((url) => new URL(url).hostname).filter((host) => host !== '')
  const found = await Promise.all(hosts.map((host) => lookup(host, { family: 4, all: true }).catch(() => [])))
  return found.flat().map(({ address }) => address)
}
