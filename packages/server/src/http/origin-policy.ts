import type { IncomingMessage } from 'node:http'
import type { ClientOrigin } from './client-address.ts'

/** Which web pages may talk to this server, by REST and by sockets. */
export interface OriginPolicy {
  /** True for a request without `Origin` (not from a page), from this server's own pages, or from a listed origin. */
  allows(request: IncomingMessage): boolean
  /** Whether its page is on another, allowed origin: the answer must then say so (CORS). */
  crossOrigin(request: IncomingMessage): string | null
  /** Cookies go to named origins only, never to all of them. */
  readonly withCredentials: boolean
}

export function createOriginPolicy(origins: readonly string[], client: ClientOrigin): OriginPolicy {
  const any = origins.includes('*')
  const listed = new Set(origins)
  const isOwn = (origin: string, request: IncomingMessage): boolean => {
    const page = URL.parse(origin)
    if (page === null || !/^https?:$/.test(page.protocol)) return false
    // What came without TLS may have been changed on its way: it is no page of a server that has TLS.
    if (page.protocol === 'http:' && client.isSecure(request)) return false
    const host = client.host(request).toLowerCase()
    return page.host === host.replace(/:(80|443)$/, '')
  }
  return {
    allows(request) {
      const { origin } = request.headers
      return origin === undefined || any || listed.has(origin) || isOwn(origin, request)
    },
    crossOrigin(request) {
      const { origin } = request.headers
      if (origin === undefined || isOwn(origin, request)) return null
      return any || listed.has(origin) ? origin : null
    },
    withCredentials: !any,
  }
}
