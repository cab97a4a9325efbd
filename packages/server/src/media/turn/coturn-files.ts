import { existsSync } from 'node:fs'
import { chmod, chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { peerPolicy } from './peer-policy.ts'
import { writeSecretsDatabase } from './secrets-database.ts'

type PortRange = readonly [first: number, last: number]

export interface CoturnSettings {
  /** The IPv4 address of this machine on which it listens and from which it relays. */
  readonly address: string
  /** What browsers are told instead, when this machine stands behind a router that forwards the ports. */
  readonly publicAddress: string | null
  readonly port: number
  /** UDP ports that it relays from, both ends included; one for each allocation. */
  readonly relayPorts: PortRange
  readonly realm: string
  readonly secret: string
  /** What it relays to though it is no public address. */
  readonly allowedPeers: readonly string[]
  /** The port and PEM files for TLS; `null` without TLS. */
  readonly tls: { readonly port: number; readonly certPath: string; readonly keyPath: string } | null
}

/**
 * Allocations that one user may have at once. A browser makes one for each address of the relay, each connection and
 * each network it is in: three addresses, five connections in a mesh (two with a media server), and two networks. Those
 * of a network that it left without a word stay for ten minutes more.
 */
const MAX_ALLOCATIONS_OF_ONE = 64
/** Bytes a second each way for one allocation: several cameras and a screen. */
const MAX_BYTES_PER_SECOND = 2_000_000

const PROGRAMS = ['/usr/bin/turnserver', '/usr/local/bin/turnserver']

/** Where coturn is installed; `null` when it is not. */
export const findCoturn = (): string | null => PROGRAMS.find((path) => existsSync(path)) ?? null

/**
 * coturn's configuration file: credentials by the shared secret alone, UDP relaying alone, nothing to administer it
 * by, quotas, and no way into private networks. Paths are relative to its working folder.
 */
function coturnConfig(settings: CoturnSettings): string {
  const { address, publicAddress, port, relayPorts, realm, secret, allowedPeers, tls } = settings
  const [minPort, maxPort] = relayPorts
  const encrypted =
    tls === null
      ? ['no-tls']
      : [`tls-listening-port=${tls.port}`, 'cert=cert.pem', 'pkey=key.pem', 'no-tlsv1', 'no-tlsv1_1']
  return [
    `listening-ip=${address}`,
    `relay-ip=${address}`,
    ...(publicAddress === null ? [] : [`external-ip=${publicAddress}/${address}`]),
    `listening-port=${port}`,
    `min-port=${minPort}`,
    `max-port=${maxPort}`,
    `realm=${realm}`,
    'use-auth-secret',
    `static-auth-secret=${secret}`,
    'fingerprint',
    'stale-nonce=600',
    ...encrypted,
    'no-dtls',
    'no-cli',
    'no-tcp-relay',
    'no-multicast-peers',
    'no-rfc5780',
    'no-stun-backward-compatibility',
    'response-origin-only-with-rfc5780',
    'no-software-attribute',
    'no-auth-pings',
    'no-dynamic-ip-list',
    'no-dynamic-realms',
    `user-quota=${MAX_ALLOCATIONS_OF_ONE}`,
    `total-quota=${maxPort - minPort + 1}`,
    `max-bps=${MAX_BYTES_PER_SECOND}`,
    ...peerPolicy([address, ...(publicAddress === null ? [] : [publicAddress]), ...allowedPeers]),
    'userdb=turndb',
    'pidfile=turnserver.pid',
    'log-file=stdout',
    'simple-log',
    '',
  ].join('\n')
}

/**
 * Writes the configuration, with copies of certificate and key, into a folder of coturn's own; what was there before
 * is removed. Returns how to run coturn in that folder.
 */
export async function writeCoturnFiles(
  folder: string,
  settings: CoturnSettings,
  owner: { readonly uid: number; readonly gid: number } | null,
): Promise<{ readonly args: readonly string[] }> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const at = (name: string): string => join(folder, name)
  const made = [folder, at('turnserver.conf'), at('turndb')]
  await writeFile(at('turnserver.conf'), coturnConfig(settings), { mode: 0o600 })
  writeSecretsDatabase(at('turndb'))
  await chmod(at('turndb'), 0o400)
  if (settings.tls !== null) {
    for (const [from, name] of [
      [settings.tls.certPath, 'cert.pem'],
      [settings.tls.keyPath, 'key.pem'],
    ] as const) {
      // Not a copy, which would keep the mode of what it was copied from.
      await writeFile(at(name), await readFile(from), { mode: 0o600 })
      made.push(at(name))
    }
  }
  if (owner !== null) for (const path of made) await chown(path, owner.uid, owner.gid)
  return { args: ['-c', 'turnserver.conf'] }
}
