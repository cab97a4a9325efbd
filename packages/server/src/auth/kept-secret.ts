import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MIN_SECRET_LENGTH } from '../config/index.ts'

/** Whose secret: the file's name. */
type SecretName = 'jwt-secret' | 'turn-secret'

/**
 * A secret that nobody set: made once and kept in the data directory, readable by its owner alone, so that what it
 * signed survives a restart.
 */
export async function keptSecret(
  dataDir: string,
  name: SecretName = 'jwt-secret',
): Promise<{ secret: string; path: string; isNew: boolean }> {
  const path = join(dataDir, name)
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const made = randomBytes(48).toString('base64url')
  try {
    await writeFile(path, `${made}\n`, { flag: 'wx', mode: 0o600 })
    return { secret: made, path, isNew: true }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  const secret = (await readFile(path, 'utf8')).trim()
  if (secret.length < MIN_SECRET_LENGTH) {
    throw new Error(
      `${path} does not hold a secret of at least ${MIN_SECRET_LENGTH} characters: delete it, and a new one is made.`,
    )
  }
  return { secret, path, isNew: false }
}
