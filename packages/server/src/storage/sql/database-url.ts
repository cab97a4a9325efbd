import { join, resolve } from 'node:path'

/** Where a database is, as `DATABASE_URL` says. */
export type DatabaseAddress =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'postgres' | 'mariadb'; readonly url: string }

const SQLITE_FILE = 'parley.db'
const KINDS = { postgres: 'postgres', postgresql: 'postgres', mysql: 'mariadb', mariadb: 'mariadb' } as const

/** `null` is the file in the data folder. Throws a sentence for whoever set the address. */
export function parseDatabaseUrl(url: string | null, dataDir: string): DatabaseAddress {
  if (url === null) return { kind: 'sqlite', path: join(resolve(dataDir), SQLITE_FILE) }
  const scheme = /^([a-z]+):/i.exec(url)?.[1]?.toLowerCase() ?? ''
  if (scheme === 'sqlite') {
    // sqlite:file.db, sqlite:./file.db, sqlite:/folder/file.db, sqlite:///folder/file.db
    const path = decodeURIComponent(url.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, ''))
    if (path === '' || path.startsWith('//')) throw new TypeError('sqlite: must be followed by the path of a file')
    return { kind: 'sqlite', path: resolve(path) }
  }
  if (!Object.hasOwn(KINDS, scheme) || !URL.canParse(url)) {
    throw new TypeError('must be sqlite:<path>, postgres://… or mysql://… (MariaDB)')
  }
  const kind = KINDS[scheme as keyof typeof KINDS]
  if (new URL(url).pathname.length < 2) throw new TypeError('must name a database after the host: …//host/name')
  return { kind, url: kind === 'mariadb' ? url.replace(/^[a-z]+:/i, 'mysql:') : url }
}
