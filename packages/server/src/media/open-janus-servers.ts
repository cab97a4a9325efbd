import { join } from 'node:path'
import type { Clock } from '@parley/core'
import type { Config } from '../config/index.ts'
import { StartError } from '../http/listen.ts'
import type { Service } from '../ops/health.ts'
import { childOwner } from '../ops/supervisor/guard-command.ts'
import type { SupervisorLogger } from '../ops/supervisor/supervise.ts'
import type { JanusServer } from './janus/janus-files.ts'
import { askJanusInfo } from './janus/janus-session.ts'
import { addressOutside, type Machine, type MediaPlan } from './media-plan.ts'
import { openOwnJanus } from './open-own-janus.ts'
import { makeRunFolder } from './run-folder.ts'
import { watchService } from './watch-service.ts'

export interface MediaParts {
  readonly clock: Clock
  readonly logger: SupervisorLogger
  readonly machine: Machine
}

/** What carries media. Disposing ends what was started for it. */
export interface JanusServers extends AsyncDisposable {
  readonly kind: 'janus' | 'mesh' | 'off'
  /** What the start line says of them. */
  readonly summary: string
  /** Empty unless `kind` is `janus`. */
  readonly servers: readonly JanusServer[]
  readonly services: readonly Service[]
}

const none = (kind: 'mesh' | 'off', summary: string): JanusServers => ({
  kind,
  summary,
  servers: [],
  services: [],
  [Symbol.asyncDispose]: async () => undefined,
})

/** Starts Janus, or finds those that run elsewhere, as planned. Throws `StartError` when it is demanded and can't be. */
export async function openJanusServers(plan: MediaPlan, config: Config, parts: MediaParts): Promise<JanusServers> {
  switch (plan.kind) {
    case 'off':
      return none('off', 'media off')
    case 'mesh':
      return none('mesh', `media mesh: ${plan.why}`)
    case 'impossible':
      throw new StartError(`MEDIA=janus can not be had: ${plan.why}. Or name one that runs elsewhere in JANUS_URLS.`)
    case 'janus':
      return watchJanus(
        plan.urls.map((url) => ({
          ...{ url, apiSecret: config.janusApiSecret, adminKey: config.janusAdminKey, recordingsFolder: null },
        })),
        parts,
      )
    case 'own-janus':
      return startJanus(plan.address, config, parts)
  }
}

/** A start that failed is only told where Janus is demanded: it is tried again. Otherwise browsers do without. */
async function startJanus(address: string, config: Config, parts: MediaParts): Promise<JanusServers> {
  const { clock, logger, machine } = parts
  const outside = addressOutside(config.mediaIp, machine)
  try {
    const folder = await makeRunFolder(config.dataDir, childOwner() !== null)
    const { server, program } = await openOwnJanus({
      clock,
      logger,
      folder: join(folder, 'janus'),
      recordingsFolder: join(folder, 'recordings'),
      address,
      ...(outside !== null && { publicAddress: outside }),
      rtpPorts: config.rtpPorts,
    })
    const failure = await program.firstTry
    if (failure === null || config.media === 'janus') {
      const summary =
        failure === null ? `media Janus, started here on ${outside ?? address}` : 'media Janus, not yet up'
      const service = { ...program, name: 'janus' }
      return {
        kind: 'janus',
        summary,
        servers: [server],
        services: [service],
        [Symbol.asyncDispose]: program[Symbol.asyncDispose],
      }
    }
    await program[Symbol.asyncDispose]()
    return none('mesh', `media mesh: Janus did not start: ${failure}`)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    if (config.media === 'janus') throw new StartError(`MEDIA=janus can not be had: ${reason}.`, { cause: error })
    return none('mesh', `media mesh: ${reason}`)
  }
}

/** The servers that another process of this machine found or started. It watches over them, too. */
export async function sharedJanusServers(
  { kind, janusServers }: { readonly kind: JanusServers['kind']; readonly janusServers: readonly JanusServer[] },
  services: readonly Service[],
): Promise<JanusServers> {
  return { kind, summary: '', servers: janusServers, services, [Symbol.asyncDispose]: async () => undefined }
}

async function watchJanus(servers: readonly JanusServer[], { clock, logger }: MediaParts): Promise<JanusServers> {
  const services = await Promise.all(
    servers.map(({ url }, at) =>
      watchService({
        name: servers.length === 1 ? 'janus' : `janus-${at + 1}`,
        address: `Janus at ${url}`,
        clock,
        logger,
        async probe() {
          const { hasRooms } = await askJanusInfo({ url }, clock)
          if (!hasRooms) throw new Error('it has no VideoRoom plugin')
        },
      }),
    ),
  )
  const up = services.filter((service) => service.state() === 'up').length
  return {
    kind: 'janus',
    summary: `media Janus, ${up} of ${servers.length} up`,
    servers,
    services,
    async [Symbol.asyncDispose]() {
      for (const service of services) service[Symbol.dispose]()
    },
  }
}
