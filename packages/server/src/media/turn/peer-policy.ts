/**
 * Addresses that are nobody's on the Internet, or some network's own: a relay that sent there would open that network
 * to whoever has credentials. IANA's special-purpose registries (RFC 6890 and later), and all of IPv6 but its global
 * unicast space (2000::/3), in which the forms that carry an IPv4 address lie too (::ffff:…, 64:ff9b::…).
 */
const DENIED = [
  '0.0.0.0-0.255.255.255',
  '10.0.0.0-10.255.255.255',
  '100.64.0.0-100.127.255.255',
  '127.0.0.0-127.255.255.255',
  '169.254.0.0-169.254.255.255',
  '172.16.0.0-172.31.255.255',
  '192.0.0.0-192.0.0.255',
  '192.0.2.0-192.0.2.255',
  '192.31.196.0-192.31.196.255',
  '192.52.193.0-192.52.193.255',
  '192.88.99.0-192.88.99.255',
  '192.168.0.0-192.168.255.255',
  '192.175.48.0-192.175.48.255',
  '198.18.0.0-198.19.255.255',
  '198.51.100.0-198.51.100.255',
  '203.0.113.0-203.0.113.255',
  '224.0.0.0-255.255.255.255',
  // Not from :: on: coturn takes a range that begins with it for one that all of IPv4 is in.
  '::1-1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
  '2001::-2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff',
  '2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff',
  '2002::-2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
  '2620:4f:8000::-2620:4f:8000:ffff:ffff:ffff:ffff:ffff',
  '3fff::-3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff',
  '4000::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
] as const

/** The settings that let a relay send to public addresses and to these, and nowhere else. In coturn what is allowed wins. */
export const peerPolicy = (allowed: readonly string[]): readonly string[] => [
  ...DENIED.map((range) => `denied-peer-ip=${range}`),
  ...new Set(allowed.map((address) => `allowed-peer-ip=${address}`)),
]
