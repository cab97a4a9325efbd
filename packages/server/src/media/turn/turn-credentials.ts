import { createHmac } from 'node:crypto'

/** A relay (TURN server) as browsers are told of it. */
export interface TurnServer {
  readonly host: string
  readonly port: number
  /** The port for TLS; `null` when it has none. */
  readonly tlsPort: number | null
  readonly realm: string
  /** Shared with the relay (coturn's `static-auth-secret`). */
  readonly secret: string
}

/** The browser's `RTCIceServer`. */
export interface IceServer {
  urls: string | string[]
  username?: string
  credential?: string
}

export interface TurnCredentials {
  readonly username: string
  readonly credential: string
  /** Seconds. */
  readonly ttl: number
  readonly realm: string
  readonly iceServers: IceServer[]
}

export interface TurnOptions {
  /** `null`: there is none. */
  readonly server: TurnServer | null
  /** STUN servers of others; when there are none, the relay's own serves. */
  readonly stunUrls: readonly string[]
  /** How long credentials let somebody begin to relay, in seconds. */
  readonly ttlS: number
  readonly now: () => number
}

/** Who may relay, and where browsers find help to reach each other. */
export interface Turn {
  /** How long credentials let somebody begin to relay, in seconds; `null` when there is no relay. */
  readonly ttlS: number | null
  /** `null` when there is no relay. `user` is whom the relay counts by. */
  credentialsFor(user: string): TurnCredentials | null
  /** What browsers are given with a call: the relay with credentials, and STUN servers. */
  iceServersFor(user: string): IceServer[]
}

/** What coturn takes as a user's name; others it refuses, as its SASLprep works on bytes. */
const PLAIN = /^[\x21-\x7e]+$/

/**
 * Credentials by the shared secret, as draft-uberti-behave-turn-rest-00 has them and coturn's `use-auth-secret`
 * takes them: name `<expiry>:<user>`, password the base64 of its HMAC-SHA1. Users whose id is not plain ASCII are
 * named in percent encoding.
 */
export function createTurn({ server, stunUrls, ttlS, now }: TurnOptions): Turn {
  const stun: IceServer[] = stunUrls.map((urls) => ({ urls }))

  function credentialsFor(user: string): TurnCredentials | null {
    if (server === null) return null
    const { host, port, tlsPort, realm, secret } = server
    const username = `${Math.floor(now() / 1000) + ttlS}:${PLAIN.test(user) ? user : encodeURIComponent(user)}`
    const credential = createHmac('sha1', secret).update(username).digest('base64')
    const urls = [`turn:${host}:${port}?transport=udp`, `turn:${host}:${port}?transport=tcp`]
    if (tlsPort !== null) urls.push(`turns:${host}:${tlsPort}?transport=tcp`)
    const helpers = stun.length > 0 ? stun : [{ urls: `stun:${host}:${port}` }]
    return {
      username,
      credential,
      ttl: ttlS,
      realm,
      iceServers: [...helpers, { urls, username, credential }],
    }
  }

  return {
    ttlS: server === null ? null : ttlS,
    credentialsFor,
    iceServersFor: (user) => credentialsFor(user)?.iceServers ?? [...stun],
  }
}
