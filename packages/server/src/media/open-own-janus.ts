import { join } from 'node:path'
import type { Clock } from '@parley/core'
import { childOwner } from '../ops/supervisor/guard-command.ts'
import { type Supervised, type SupervisorLogger, supervise } from '../ops/supervisor/supervise.ts'
import { type JanusFilesOptions, type JanusServer, writeJanusFiles } from './janus/janus-files.ts'
import { askJanusInfo } from './janus/janus-session.ts'

export interface OwnJanusOptions extends Omit<JanusFilesOptions, 'owner'> {
  readonly clock: Clock
  readonly logger: SupervisorLogger
}

/** A Janus of our own, kept running until it is disposed of, always at the same address. Throws when it can not serve here. */
export async function openOwnJanus({
  clock,
  logger,
  ...files
}: OwnJanusOptions): Promise<{ readonly server: JanusServer; readonly program: Supervised }> {
  const owner = childOwner()
  const { command, args, server } = await writeJanusFiles({ ...files, ...(owner !== null && { owner }) })
  const probe = async (): Promise<void> => {
    const { hasRooms } = await askJanusInfo(server, clock)
    if (!hasRooms) throw new Error('it has no VideoRoom plugin')
  }
  const program = supervise({ name: 'Janus', command, args, folder: join(files.folder), probe }, { clock, logger })
  return { server, program }
}
