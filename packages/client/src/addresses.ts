import type { ChatManagerOptions } from './chat-manager-types.ts'

/** Where a site's chat is reached. */
export interface Addresses {
  /** The socket server; `undefined`: the page's own. */
  readonly sockets: string | undefined
  /** REST beside the sockets, and beside the fallback. */
  readonly socketApi: string
  readonly fallbackApi: string
  readonly fallback: string
}

const trimmed = (url: string): string => url.replace(/\/+$/, '')

/** `page`: the page's own origin; empty where there is none. */
export function addressesOf(
  { wsServer, mainSiteUrl, httpFallback = '/api/messenger' }: ChatManagerOptions,
  page: string,
): Addresses {
  const sockets = trimmed(wsServer ?? page)
  const site = trimmed(mainSiteUrl ?? sockets)
  const fallback = trimmed(/^https?:/.test(httpFallback) ? httpFallback : `${site}/${httpFallback.replace(/^\/+/, '')}`)
  return {
    sockets: wsServer,
    socketApi: `${sockets}/api`,
    // Conversations lie beside the messenger's own calls: `/api/conversations` beside `/api/messenger`.
    fallbackApi: fallback.replace(/\/[^/]*$/, ''),
    fallback,
  }
}
