import { createHash } from 'node:crypto'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import type { Config } from '../config/index.ts'
import { OWN_JANUS } from '../redis/node-info.ts'

/**
 * By what other nodes know whether people on them and here can talk with each other. A Janus that was started here is
 * known by the machine and `DATA_DIR`: it is the same one for all workers, and after a restart.
 */
export function mediaMark(
  { janusUrls, dataDir }: Pick<Config, 'janusUrls' | 'dataDir'>,
  kind: 'janus' | 'mesh' | 'off',
): string {
  if (kind !== 'janus' || janusUrls.length > 0) return kind
  return (
    OWN_JANUS +
    createHash('sha256')
      .update(`${hostname()}\n${resolve(dataDir)}`)
      .digest('base64url')
      .slice(0, 16)
  )
}
