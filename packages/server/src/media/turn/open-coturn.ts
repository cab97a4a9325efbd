import type { Clock } from '@parley/core'
import { childOwner } from '../../ops/supervisor/guard-command.ts'
import { type Supervised, type SupervisorLogger, supervise } from '../../ops/supervisor/supervise.ts'
import { askStun } from './ask-stun.ts'
import { type CoturnSettings, findCoturn, writeCoturnFiles } from './coturn-files.ts'
import { requireFreePort } from './free-port.ts'

export interface CoturnParts {
  readonly clock: Clock
  readonly logger: SupervisorLogger
  /** A folder of its own; what is in it is removed. */
  readonly folder: string
}

/** A coturn of our own, kept running until it is disposed of. Throws when it is not installed or its port is taken. */
export async function openCoturn(settings: CoturnSettings, parts: CoturnParts): Promise<Supervised> {
  const command = findCoturn()
  if (command === null) throw new Error('coturn is not installed')
  const { address, port, tls } = settings
  const prepare = async (): Promise<void> => {
    await requireFreePort(address, port, 'TURN_PORT')
    if (tls !== null) await requireFreePort(address, tls.port, 'TURN_TLS_PORT')
  }
  await prepare()
  const { args } = await writeCoturnFiles(parts.folder, settings, childOwner())
  return supervise(
    { name: 'coturn', command, args, folder: parts.folder, prepare, probe: () => askStun(address, port) },
    parts,
  )
}
