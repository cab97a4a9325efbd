import type { Clock } from '@parley/core'
import type { Logger } from 'pino'
import type { Config } from '../config/index.ts'
import type { HealthCheck, Service } from '../ops/health.ts'
import type { JanusServer } from './janus/janus-files.ts'
import { lookAround } from './look-around.ts'
import { planMedia, planTurn } from './media-plan.ts'
import { openJanusServers, sharedJanusServers } from './open-janus-servers.ts'
import { openTurn, sharedTurn } from './turn/open-turn.ts'
import { createTurn, type Turn, type TurnServer } from './turn/turn-credentials.ts'

export interface MediaOptions {
  readonly clock: Clock
  readonly logger: Logger
  /** Media servers are for the process that people talk to; another one names none. */
  readonly isServed: boolean
  /** What another process of this machine has started or found already; `null`: it is for this one to do. */
  readonly shared: SharedMedia | null
}

/** What carries media, for other processes of this machine. */
export interface SharedMedia {
  readonly kind: 'janus' | 'mesh' | 'off'
  readonly janusServers: readonly JanusServer[]
  readonly turnServer: TurnServer | null
  readonly summary: string
  /** The programs behind both, as the process that started or found them sees them. */
  readonly janusServices: readonly Service[]
  readonly turnServices: readonly Service[]
}

/** The programs that carry voice and video, running. Disposing stops those that were started here. */
export interface Media extends AsyncDisposable {
  readonly kind: 'janus' | 'mesh' | 'off'
  /** Where rooms may live; empty unless `kind` is `janus`. They may be down now and up later. */
  readonly janusServers: readonly JanusServer[]
  readonly turn: Turn
  /** What the start line says: what carries media, and why. */
  readonly summary: string
  readonly services: readonly Service[]
  readonly checks: readonly HealthCheck[]
  readonly shared: SharedMedia
}

/** Finds or starts the media server and the relay that this deployment asked for. Throws `StartError` when Janus is demanded and can't be had. */
export async function openMedia(config: Config, { clock, logger, isServed, shared }: MediaOptions): Promise<Media> {
  const machine = lookAround()
  const parts = { clock, logger, machine }
  const mediaPlan = isServed ? planMedia(config, machine) : { kind: 'off' as const }
  const turnPlan = isServed ? planTurn(config, machine) : { kind: 'none' as const, why: 'ROLE is api' }
  await using opened = new AsyncDisposableStack()
  const [janus, turn] = await Promise.all(
    shared === null
      ? [openJanusServers(mediaPlan, config, parts), openTurn(turnPlan, config, parts)]
      : [sharedJanusServers(shared, shared.janusServices), sharedTurn(shared.turnServer, shared.turnServices)],
  )
  opened.use(janus)
  opened.use(turn)

  const checks: HealthCheck[] = []
  if (janus.kind === 'janus') {
    // Rooms live on what is left of several.
    const check = () => requireOneUp(janus.services, 'no Janus serves')
    checks.push({ name: 'janus', check, ...(config.media !== 'janus' && { isOptional: true as const }) })
  }
  if (turn.services.length > 0) {
    checks.push({ name: 'coturn', check: () => requireOneUp(turn.services, 'coturn is down'), isOptional: true })
  }
  const summary = shared?.summary ?? `${janus.summary} · ${turn.summary}`
  const closing = opened.move()
  return {
    kind: janus.kind,
    janusServers: janus.servers,
    turn: createTurn({
      server: turn.server,
      stunUrls: config.stunUrls,
      ttlS: config.turnTtlS,
      now: () => clock.now(),
    }),
    summary,
    shared: {
      kind: janus.kind,
      janusServers: janus.servers,
      turnServer: turn.server,
      summary,
      janusServices: janus.services,
      turnServices: turn.services,
    },
    services: [...janus.services, ...turn.services],
    checks,
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}

async function requireOneUp(services: readonly Service[], otherwise: string): Promise<void> {
  if (!services.some((service) => service.state() === 'up')) throw new Error(otherwise)
}
