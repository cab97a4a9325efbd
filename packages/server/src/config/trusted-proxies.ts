import { isIP } from 'node:net'
import { type OptionType, splitList } from './option-types.ts'

/** Which of the machines that a request came through may say where it came from. */
export type TrustedProxies =
  | { readonly kind: 'none' }
  /** Exactly so many proxies in front of every request. */
  | { readonly kind: 'hops'; readonly hops: number }
  | { readonly kind: 'addresses'; readonly ranges: readonly AddressRange[] }

export interface AddressRange {
  readonly address: string
  readonly prefix: number
  readonly family: 'ipv4' | 'ipv6'
}

const NAMED_RANGES: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
}

function toRange(text: string): AddressRange | null {
  const [address = '', prefixText, ...rest] = text.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0) return null
  const bits = version === 4 ? 32 : 128
  const prefix = prefixText === undefined ? bits : /^\d+$/.test(prefixText) ? Number(prefixText) : Number.NaN
  return prefix >= 0 && prefix <= bits ? { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' } : null
}

export const trustedProxies: OptionType<TrustedProxies> = {
  expects:
    'the number of proxies in front (1, 2, …), or their addresses (10.0.0.7, 10.0.0.0/8, loopback, private), comma-separated',
  parse(text) {
    if (/^(false|no|off|none|0)$/i.test(text)) return { kind: 'none' }
    if (/^\d{1,2}$/.test(text)) return { kind: 'hops', hops: Number(text) }
    const parsed = splitList(text.toLowerCase())
      .flatMap((part) => NAMED_RANGES[part] ?? [part])
      .map(toRange)
    const ranges = parsed.filter((range) => range !== null)
    return ranges.length > 0 && ranges.length === parsed.length ? { kind: 'addresses', ranges } : null
  },
  format: (value) =>
    value.kind === 'none'
      ? ''
      : value.kind === 'hops'
        ? String(value.hops)
        : value.ranges.map((range) => `${range.address}/${range.prefix}`).join(','),
}
