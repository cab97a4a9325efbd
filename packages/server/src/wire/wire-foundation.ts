import type { Clock, Core } from '@parley/core'
import type { Authenticator } from '../auth/authenticator.ts'
import type { Dispatcher } from './dispatch.ts'
import type { Entrance } from './entrance.ts'
import type { Fanout } from './fanout.ts'
import type { Flusher } from './outbound-queue.ts'
import type { SessionRegistry } from './session-registry.ts'
import type { AttachWires, SecurityEvent, WireLogger, WiresConfig } from './wires.ts'

/** What every wire stands on. */
export interface WireFoundation extends Pick<AttachWires, 'iceServers' | 'iceTtlS'> {
  readonly core: Core
  readonly clock: Clock
  readonly authenticator: Authenticator
  readonly config: WiresConfig
  readonly logger: WireLogger
  readonly security: (event: SecurityEvent) => void
  readonly dispatcher: Dispatcher
  readonly entrance: Entrance
  readonly fanout: Fanout
  readonly flusher: Flusher
  readonly registry: SessionRegistry
}
