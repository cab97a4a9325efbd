import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** What a request from node to node carries instead of a token. */
export const SIGNATURE_HEADER = 'x-parley-node'

/** Clocks of nodes differ by less. */
const MAX_AGE_MS = 60_000
const KEY_BYTES = 32

/** What one node asks of another on behalf of a client. */
interface SignedRequest {
  readonly method: string
  /** The path with its query. */
  readonly path: string
  /** The client's address, as limits count it. */
  readonly address: string
}

/** Marks requests between nodes, and tells them from those of anybody else who reaches the port. */
export interface NodeSignatures {
  /** The header's value. */
  sign(request: SignedRequest): string
  /** The client's address; `null` for a request that no node of ours sent a moment ago. */
  verify(request: Omit<SignedRequest, 'address'>, headers: IncomingHttpHeaders): string | null
}

/**
 * HMAC-SHA256 over time, method, path and the client's address, by a key that is derived from the secret that all
 * nodes have (HKDF, RFC 5869). The first secret signs, all verify. `now` is the machine's time.
 */
export function createNodeSignatures(
  secrets: readonly [string, ...string[]],
  now: () => number = Date.now,
): NodeSignatures {
  const keys = secrets.map((secret) => Buffer.from(hkdfSync('sha256', secret, '', 'parley between nodes', KEY_BYTES)))
  const [signing] = keys
  if (signing === undefined) throw new TypeError('Nodes need a secret that they share')

  return {
    sign(request) {
      const at = String(now())
      return `${at} ${request.address} ${signatureOf(signing, at, request).toString('hex')}`
    },
    verify(request, headers) {
      const [at = '', address = '', given = '', ...rest] = String(headers[SIGNATURE_HEADER] ?? '').split(' ')
      if (rest.length > 0 || !/^\d{1,16}$/.test(at) || Math.abs(now() - Number(at)) > MAX_AGE_MS) return null
      const bytes = Buffer.from(given, 'hex')
      const isOurs = keys.some((key) => {
        const expected = signatureOf(key, at, { ...request, address })
        return bytes.length === expected.length && timingSafeEqual(bytes, expected)
      })
      return isOurs ? address : null
    },
  }
}

function signatureOf(key: Buffer, at: string, { method, path, address }: SignedRequest): Buffer {
  return createHmac('sha256', key).update([at, method, path, address].join('\n')).digest()
}
