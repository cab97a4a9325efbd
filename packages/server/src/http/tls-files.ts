import { createHash, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Server } from 'node:https'
import { createSecureContext } from 'node:tls'
import type { Logger } from 'pino'
import { StartError } from './listen.ts'

export interface TlsPaths {
  readonly certPath: string
  readonly keyPath: string
}

interface TlsPair {
  /** PEM. */
  readonly cert: Buffer
  readonly key: Buffer
}

/** How often the files are read. Events of the file system miss links that lead elsewhere, and network drives have none. */
const LOOK_EVERY_MS = 5000

/** The certificate chain and its key; throws `StartError` when they can not be used. */
export function readTlsPair(paths: TlsPaths): TlsPair {
  try {
    return checkedPair(paths)
  } catch (error) {
    throw new StartError(explain(paths, error), { cause: error })
  }
}

/** Throws when a file can not be read, or they do not fit. */
function checkedPair({ certPath, keyPath }: TlsPaths): TlsPair {
  const pair = { cert: readFileSync(certPath), key: readFileSync(keyPath) }
  createSecureContext(pair)
  return pair
}

function explain({ certPath, keyPath }: TlsPaths, error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error)
  const why = /values mismatch/.test(reason) ? 'the key is not that of the certificate' : reason
  return `The certificate in ${certPath} can not be served with the key in ${keyPath}: ${why}. Put a pair there that fits, in PEM.`
}

export interface TlsReloads extends Disposable {
  /** Looks at the files at once. */
  reload(): void
}

/**
 * Serves what is in the files now to every new connection; open ones go on as they are. A pair that can not be used is
 * left alone, and said so.
 */
export function followTlsFiles(
  server: Server,
  paths: TlsPaths,
  logger: Pick<Logger, 'info' | 'error'>,
  lookEveryMs = LOOK_EVERY_MS,
): TlsReloads {
  let taken = fingerprint(paths)
  let seen = taken

  function reload(): void {
    const found = fingerprint(paths)
    if (found === taken) return
    taken = found
    seen = found
    try {
      const pair = checkedPair(paths)
      server.setSecureContext(pair)
      const { subject, validTo } = new X509Certificate(pair.cert)
      logger.info({ subject, validTo }, 'new connections get the new certificate')
    } catch (error) {
      logger.error(`${explain(paths, error)} The one before goes on being served.`)
    }
  }

  /** Both files are written one after the other: what was the same twice is whole. */
  function look(): void {
    const found = fingerprint(paths)
    if (found === seen) reload()
    seen = found
  }
  const timer = setInterval(look, lookEveryMs).unref()
  return { reload, [Symbol.dispose]: () => clearInterval(timer) }
}

/** A hash of both files' content. A file that can not be read counts as content, too. */
function fingerprint({ certPath, keyPath }: TlsPaths): string {
  const hash = createHash('sha256')
  for (const path of [certPath, keyPath]) {
    try {
      hash.update(readFileSync(path))
    } catch {
      hash.update('unreadable')
    }
    hash.update('\0')
  }
  return hash.digest('hex')
}
