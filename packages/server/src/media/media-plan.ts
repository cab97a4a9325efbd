import { type Config, sharesRedis } from '../config/index.ts'

/** What is there to work with. */
export interface Machine {
  readonly hasJanus: boolean
  readonly hasCoturn: boolean
  /** Its first IPv4 address besides loopback; `null` without a network. */
  readonly address: string | null
  readonly hasAddress: (address: string) => boolean
}

/** What carries media, decided from the settings and the machine; `why` completes "media …: ". */
export type MediaPlan =
  | { readonly kind: 'off' }
  | { readonly kind: 'mesh'; readonly why: string }
  | { readonly kind: 'own-janus'; readonly address: string }
  | { readonly kind: 'janus'; readonly urls: readonly string[] }
  /** It was demanded, and can not be. */
  | { readonly kind: 'impossible'; readonly why: string }

export type TurnPlan =
  | { readonly kind: 'none'; readonly why: string }
  | { readonly kind: 'own-coturn'; readonly address: string }
  | { readonly kind: 'elsewhere'; readonly host: string; readonly secret: string }

const INSTALL_HINT = 'npm start -- --install-media installs it'

export function planMedia(config: Config, machine: Machine): MediaPlan {
  const { media, janusUrls, mediaIp } = config
  if (media === 'off') return { kind: 'off' }
  if (media === 'mesh') return { kind: 'mesh', why: 'MEDIA says so' }
  if (janusUrls.length > 0) return { kind: 'janus', urls: janusUrls }
  // Other nodes could not reach one that is started here: with each its own, their people would not hear each other.
  if (media === 'auto' && sharesRedis(config)) {
    return {
      kind: 'mesh',
      why: 'nodes that share a Redis need Janus in JANUS_URLS, or MEDIA=janus if this is the only machine',
    }
  }
  const address = ownAddress(mediaIp, machine)
  const obstacle = !machine.hasJanus
    ? `Janus is not installed; ${INSTALL_HINT}`
    : address === null
      ? 'Janus needs a network, and this machine has no IPv4 address besides its own loopback'
      : null
  if (obstacle === null && address !== null) return { kind: 'own-janus', address }
  return { kind: media === 'janus' ? 'impossible' : 'mesh', why: obstacle ?? '' }
}

export function planTurn({ media, turn, turnSecret, turnHost, mediaIp }: Config, machine: Machine): TurnPlan {
  if (turn === 'off') return { kind: 'none', why: 'TURN says so' }
  if (turnSecret !== null && turnHost !== null) return { kind: 'elsewhere', host: turnHost, secret: turnSecret }
  if (media === 'off') return { kind: 'none', why: 'MEDIA is off' }
  const address = ownAddress(mediaIp, machine)
  if (machine.hasCoturn && address !== null) return { kind: 'own-coturn', address }
  if (turnSecret !== null) return { kind: 'elsewhere', host: mediaIp ?? address ?? 'localhost', secret: turnSecret }
  return {
    kind: 'none',
    why: machine.hasCoturn
      ? 'coturn needs a network, and this machine has no IPv4 address besides its own loopback'
      : `coturn is not installed; ${INSTALL_HINT}`,
  }
}

/** What media programs of ours listen on. */
export const ownAddress = (mediaIp: string | null, machine: Machine): string | null =>
  mediaIp !== null && machine.hasAddress(mediaIp) ? mediaIp : machine.address

/** What browsers are told in its place; `null` when they reach the machine's own. */
export const addressOutside = (mediaIp: string | null, machine: Machine): string | null =>
  mediaIp !== null && !machine.hasAddress(mediaIp) ? mediaIp : null
