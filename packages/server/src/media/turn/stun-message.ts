import { createHmac, randomBytes } from 'node:crypto'

/** Messages of STUN (RFC 8489) as a client of TURN (RFC 8656) needs them. */
export const METHOD = {
  allocate: 0x0003,
  refresh: 0x0004,
  send: 0x0016,
  data: 0x0017,
  createPermission: 0x0008,
} as const
export const ATTRIBUTE = {
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  lifetime: 0x000d,
  xorPeerAddress: 0x0012,
  data: 0x0013,
  realm: 0x0014,
  nonce: 0x0015,
  xorRelayedAddress: 0x0016,
  requestedTransport: 0x0019,
} as const

const MAGIC_COOKIE = 0x2112a442
const COOKIE = Buffer.from('2112a442', 'hex')
export const HEADER_BYTES = 20
const ATTRIBUTE_HEADER_BYTES = 4
const INTEGRITY_BYTES = 24
const IPV4 = 1

export interface Ipv4Endpoint {
  readonly address: string
  readonly port: number
}

export interface StunMessage {
  /** With its class: a success is `method | 0x0100`, an error `method | 0x0110`. */
  readonly type: number
  readonly transaction: string
  readonly attributes: ReadonlyMap<number, Buffer>
}

export type Attribute = readonly [type: number, value: Buffer]

/** A message; with a key it is signed. Indications (`send`) have no key. */
export function writeStun(type: number, attributes: readonly Attribute[], key: Buffer | null) {
  const transaction = randomBytes(12)
  const body = Buffer.concat(attributes.map(([kind, value]) => writeAttribute(kind, value)))
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt16BE(type, 0)
  header.writeUInt16BE(body.length + (key === null ? 0 : INTEGRITY_BYTES), 2)
  header.writeUInt32BE(MAGIC_COOKIE, 4)
  transaction.copy(header, 8)
  const unsigned = Buffer.concat([header, body])
  const bytes =
    key === null
      ? unsigned
      : Buffer.concat([
          unsigned,
          writeAttribute(ATTRIBUTE.messageIntegrity, createHmac('sha1', key).update(unsigned).digest()),
        ])
  return { bytes, transaction: transaction.toString('hex') }
}

function writeAttribute(type: number, value: Buffer): Buffer {
  const header = Buffer.alloc(ATTRIBUTE_HEADER_BYTES)
  header.writeUInt16BE(type, 0)
  header.writeUInt16BE(value.length, 2)
  return Buffer.concat([header, value, Buffer.alloc(padding(value.length))])
}

const padding = (length: number): number => (4 - (length % 4)) % 4

/** `null` for what is no whole message of STUN. */
export function readStun(bytes: Buffer): StunMessage | null {
  if (bytes.length < HEADER_BYTES || bytes.readUInt32BE(4) !== MAGIC_COOKIE) return null
  const end = HEADER_BYTES + bytes.readUInt16BE(2)
  if (bytes.length < end) return null
  const attributes = new Map<number, Buffer>()
  for (let at = HEADER_BYTES; at + ATTRIBUTE_HEADER_BYTES <= end; ) {
    const length = bytes.readUInt16BE(at + 2)
    const from = at + ATTRIBUTE_HEADER_BYTES
    attributes.set(bytes.readUInt16BE(at), bytes.subarray(from, from + length))
    at = from + length + padding(length)
  }
  return { type: bytes.readUInt16BE(0), transaction: bytes.toString('hex', 8, HEADER_BYTES), attributes }
}

/** XOR-…-ADDRESS of IPv4. */
export function writeXorAddress({ address, port }: Ipv4Endpoint): Buffer {
  const value = Buffer.from([0, IPV4, 0, 0, ...address.split('.').map(Number)])
  value.writeUInt16BE(port ^ (MAGIC_COOKIE >>> 16), 2)
  return xorAddress(value)
}

export function readXorAddress(value: Buffer): Ipv4Endpoint {
  const plain = xorAddress(Buffer.from(value))
  return { address: [...plain.subarray(4, 8)].join('.'), port: plain.readUInt16BE(2) ^ (MAGIC_COOKIE >>> 16) }
}

function xorAddress(value: Buffer): Buffer {
  for (const [at, byte] of COOKIE.entries()) value[4 + at] = (value[4 + at] ?? 0) ^ byte
  return value
}

/** The code and the words of an error; `null` where there is none. */
export function readError({ attributes }: StunMessage): { readonly code: number; readonly reason: string } | null {
  const value = attributes.get(ATTRIBUTE.errorCode)
  if (value === undefined || value.length < 4) return null
  return { code: (value[2] ?? 0) * 100 + (value[3] ?? 0), reason: value.toString('utf8', 4) }
}
