import type { IncomingMessage } from 'node:http'
import { BlockList, isIP, type Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { TrustedProxies } from '../config/index.ts'

/** Where requests really come from, with only the trusted proxies' word taken for it. */
export interface ClientOrigin {
  /** What limits count: an IPv4 address, or the /64 network of an IPv6 one (a home has all of it). */
  address(request: IncomingMessage): string
  /** The address at the other end of a connection, as limits count it; `null` for a trusted proxy. */
  peer(socket: Socket): string | null
  /** Whether the client speaks TLS, to this server or to a trusted proxy. */
  isSecure(request: IncomingMessage): boolean
  /** The host that the client asked for, as it or a trusted proxy says. */
  host(request: IncomingMessage): string
}

export function createClientOrigin(trusted: TrustedProxies): ClientOrigin {
  const trusts = trustOf(trusted)
  const peerOf = (request: IncomingMessage): string => plainAddress(request.socket.remoteAddress ?? '')
  const fromProxy = (request: IncomingMessage): boolean => trusts(peerOf(request), 0)
  /** What the nearest proxy added is last. */
  const forwarded = (request: IncomingMessage, header: string): string | undefined =>
    fromProxy(request) ? listed(request.headers[header]).at(-1) : undefined

  return {
    address(request) {
      let address = peerOf(request)
      const claimed = fromProxy(request) ? listed(request.headers['x-forwarded-for']).reverse() : []
      for (const [hop, text] of claimed.entries()) {
        const next = plainAddress(text)
        if (!trusts(address, hop) || isIP(next) === 0) break
        address = next
      }
      return countedAddress(address)
    },
    peer(socket) {
      const address = plainAddress(socket.remoteAddress ?? '')
      return trusts(address, 0) ? null : countedAddress(address)
    },
    isSecure: (request) =>
      (request.socket as Partial<TLSSocket>).encrypted === true || forwarded(request, 'x-forwarded-proto') === 'https',
    host: (request) => forwarded(request, 'x-forwarded-host') ?? request.headers.host ?? '',
  }
}

/** Whether the machine at `address`, so many steps before this server, is one of ours. */
function trustOf(trusted: TrustedProxies): (address: string, hop: number) => boolean {
  if (trusted.kind === 'none') return () => false
  if (trusted.kind === 'hops') return (_address, hop) => hop < trusted.hops
  const proxies = new BlockList()
  for (const { address, prefix, family } of trusted.ranges) proxies.addSubnet(address, prefix, family)
  return (address) => isIP(address) !== 0 && proxies.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

const listed = (header: string | string[] | undefined): string[] =>
  [header ?? []]
    .flat()
    .join(',')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

/** Without an IPv4-mapped prefix, a zone, brackets or a port: some proxies write them. */
function plainAddress(text: string): string {
  const bare = text.replace(/^\[(.*)\](:\d+)?$/, '$1').replace(/%.*$/, '')
  const v4 = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)(?::\d+)?$/i.exec(bare)
  return v4?.[1] ?? bare.toLowerCase()
}

function countedAddress(address: string): string {
  if (isIP(address) !== 6) return address
  const [head = '', tail] = address.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const groups = [...left, ...Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0'), ...right]
  const network = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16))
  return `${network.join(':')}::/64`
}
