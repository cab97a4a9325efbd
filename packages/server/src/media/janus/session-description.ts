/** One section of a session description (RFC 8866, with the mid of RFC 9143). */
export interface DescribedMedia {
  readonly mid: string
  /** Its place among all sections, from 0. */
  readonly index: number
  readonly kind: string
  /** Whether the one who describes it sends. */
  readonly isSent: boolean
}

/** The media sections of a description, in order. Those without a mid, or refused, are left out. */
export function describedMedia(sdp: string): readonly DescribedMedia[] {
  return sdp
    .split(/\r?\n(?=m=)/)
    .slice(1)
    .flatMap((section, index) => {
      const [, kind = '', port] = /^m=(\w+) (\d+)/.exec(section) ?? []
      const mid = /^a=mid:(\S+)/m.exec(section)?.[1]
      const isSent = !/^a=(recvonly|inactive)\s*$/m.test(section)
      return mid === undefined || port === '0' ? [] : [{ mid, index, kind, isSent }]
    })
}

/**
 * The description without the addresses that a browser claims to have: Janus learns the real one from its first
 * check, and does not knock where somebody tells it to.
 */
export const withoutCandidates = (sdp: string): string =>
  sdp.replace(/^a=(candidate|remote-candidates|end-of-candidates)\b[^\r\n]*\r?\n/gm, '')

/**
 * Makes Janus the DTLS client of what it offers. As the server, it is not ready for the browser's first hello, which
 * then comes again after up to seconds.
 */
export const asDtlsClient = (sdp: string): string => sdp.replaceAll('a=setup:actpass', 'a=setup:active')
