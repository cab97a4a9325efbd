import type { IceServer } from '@parley/protocol/messenger'
import type { RtcConfig } from 'node-datachannel'

type NodeIceServer = RtcConfig['iceServers'][number]

/**
 * STUN and TURN servers as libdatachannel takes them. TURN over TCP and TLS is left out: its ICE can't.
 */
export function iceServersOf(servers: readonly IceServer[]): NodeIceServer[] {
  return servers.flatMap(({ urls, username, credential }) =>
    (typeof urls === 'string' ? [urls] : urls).flatMap((url): NodeIceServer[] => {
      const parts = /^(stun|turn):(\[[^\]]+\]|[^:?]+)(?::(\d+))?(?:\?transport=(\w+))?$/i.exec(url)
      if (parts === null) return []
      const [, scheme = '', host = '', port = '3478', transport = 'udp'] = parts
      const at = { hostname: host.replace(/^\[|\]$/g, ''), port: Number(port) }
      if (scheme.toLowerCase() === 'stun') return [at]
      if (transport.toLowerCase() !== 'udp' || username === undefined || credential === undefined) return []
      // An object, as the user name holds a colon.
      return [{ ...at, username, password: credential, relayType: 'TurnUdp' }]
    }),
  )
}
