import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'

/** Where root keeps what its programs, which are not root, must reach. */
const ROOTS_FOLDER = '/var/lib/parley-media'

/**
 * The folder for what Janus and coturn read and write, made when it is missing. Usually `run` in the data directory.
 * Started by root they run as nobody, who gets into no folder of root's: theirs is then under /var/lib, named after
 * the data directory.
 */
export async function makeRunFolder(dataDir: string, isRoot: boolean): Promise<string> {
  if (!isRoot) {
    const folder = join(resolve(dataDir), 'run')
    await mkdir(folder, { recursive: true, mode: 0o700 })
    return folder
  }
  const name = createHash('sha256').update(resolve(dataDir)).digest('hex').slice(0, 12)
  const folder = join(ROOTS_FOLDER, name)
  // Passed through by those who know where they go; nobody else sees what is there.
  await mkdir(folder, { recursive: true, mode: 0o711 })
  return folder
}
