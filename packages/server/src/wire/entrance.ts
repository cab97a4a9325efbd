import type { IncomingMessage } from 'node:http'
import { DomainError, type RateLimiter } from '@parley/core'
import type { Authenticator, Identity } from '../auth/authenticator.ts'
import type { SecurityEvent, WireName, WiresConfig } from './wires.ts'

export interface EntranceOptions {
  readonly authenticator: Authenticator
  readonly limiter: RateLimiter
  readonly config: Pick<WiresConfig, 'maxConnectionsPerAddress' | 'rateLimits'>
  readonly originAllowed: (request: IncomingMessage) => boolean
  readonly clientAddress: (request: IncomingMessage) => string
  readonly security: (event: SecurityEvent) => void
}

/** For an address that has all of its connections: when one of them ends nobody knows, so this is when to look again. */
export const CROWDED = {
  code: 'RATE_LIMITED',
  message: 'Too many open connections from your address. Close one, or try again in a while.',
  retryAfterMs: 10_000,
} as const

export const ORIGIN_REFUSED = { code: 'FORBIDDEN', message: 'Pages of this origin may not connect.' } as const

/** Who may connect: origins, connections per address, tokens. The same for every wire. */
export class Entrance {
  readonly clientAddress: (request: IncomingMessage) => string
  readonly #options: EntranceOptions
  readonly #connections = new Map<string, number>()

  constructor(options: EntranceOptions) {
    this.#options = options
    this.clientAddress = options.clientAddress
  }

  originAllowed(request: IncomingMessage, wire: WireName): boolean {
    if (this.#options.originAllowed(request)) return true
    const { origin } = request.headers
    const address = this.clientAddress(request)
    this.#options.security({
      type: 'origin-refused',
      wire,
      address,
      ...(origin === undefined ? {} : { detail: origin }),
    })
    return false
  }

  /** Counts a connection; false when its address has more than it may. Either way `close` uncounts it. */
  open(address: string, wire: WireName): boolean {
    const open = (this.#connections.get(address) ?? 0) + 1
    this.#connections.set(address, open)
    const { maxConnectionsPerAddress, rateLimits } = this.#options.config
    if (!rateLimits || open <= maxConnectionsPerAddress) return true
    this.#options.security({ type: 'too-many-connections', wire, address })
    return false
  }

  /**
   * Whether so many connections of the address are open that not even a word of why is worth another one: on
   * the messenger wire a connection is there before its client can be told.
   */
  isCrowded(address: string): boolean {
    const { maxConnectionsPerAddress, rateLimits } = this.#options.config
    return rateLimits && (this.#connections.get(address) ?? 0) >= 2 * maxConnectionsPerAddress
  }

  /** Uncounts what `open` counted. */
  close(address: string): void {
    const open = this.#connections.get(address) ?? 0
    if (open > 1) this.#connections.set(address, open - 1)
    else this.#connections.delete(address)
  }

  /** Throws `UNAUTHENTICATED`, `TOKEN_EXPIRED`, or `RATE_LIMITED` after too many failures of this address. */
  async authenticate(token: string | null, address: string, wire: WireName): Promise<Identity> {
    const { authenticator, config, limiter, security } = this.#options
    if (config.rateLimits) {
      const { allowed, retryAfterMs } = await limiter.peek('handshakeFailed', address)
      if (!allowed) {
        security({ type: 'throttled', wire, address })
        throw new DomainError('RATE_LIMITED', 'Too many failed connections. Wait a little and try again.', {
          retryAfterMs,
        })
      }
    }
    try {
      if (token === null) throw new DomainError('UNAUTHENTICATED', 'A token is needed to connect.')
      return await authenticator.verify(token)
    } catch (error) {
      const code = error instanceof DomainError ? error.code : 'INTERNAL'
      security({ type: 'token-refused', wire, address, detail: code })
      // One that has expired was good once: whoever holds it guesses nothing.
      if (code === 'UNAUTHENTICATED' && config.rateLimits) await limiter.take('handshakeFailed', address)
      throw error
    }
  }
}

/** The token of `Authorization: Bearer`. */
export function bearerToken(request: IncomingMessage): string | null {
  const match = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')
  return match?.[1] ?? null
}
