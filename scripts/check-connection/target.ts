/** The server that is checked, and as whom. */
export interface Target {
  readonly base: URL
  readonly token: string | null
  /** The page's origin that browsers would send along. */
  readonly origin: string | null
  /** An address under the base; `socket` gives it the scheme of WebSockets. */
  at(path: string, kind?: 'http' | 'socket'): URL
  /** With the origin, and the token where one is given. */
  headers(token?: string | null): Record<string, string>
  withoutToken(): Target
}

export interface TargetOptions {
  readonly url: string
  readonly token?: string | undefined
  readonly origin?: string | undefined
}

/** Throws when the address is none. A name without a scheme is taken for https, one of this machine for http. */
export function createTarget({ url, token, origin }: TargetOptions): Target {
  const isLocal = /^(localhost|127\.|\[::1\])/.test(url)
  const base = new URL(/^\w+:\/\//.test(url) ? url : `${isLocal ? 'http' : 'https'}://${url}`)
  base.protocol = base.protocol.replace('ws', 'http')
  if (base.protocol !== 'http:' && base.protocol !== 'https:') throw new Error(`${url} is no web address.`)
  base.search = ''
  base.hash = ''
  if (!base.pathname.endsWith('/')) base.pathname += '/'
  return {
    base,
    token: token === undefined || token === '' ? null : token,
    origin: origin === undefined ? null : new URL(origin).origin,
    at(path, kind = 'http') {
      const address = new URL(path, base)
      if (kind === 'socket') address.protocol = address.protocol.replace('http', 'ws')
      return address
    },
    headers(bearer = null) {
      return {
        ...(this.origin !== null && { Origin: this.origin }),
        ...(bearer !== null && { Authorization: `Bearer ${bearer}` }),
      }
    },
    withoutToken() {
      return { ...this, token: null }
    },
  }
}
