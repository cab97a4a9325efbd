/** How we want Opus: what stands in the `fmtp` line of its payload type (RFC 7587, section 6.1). */
export interface OpusWishes {
  /** Sound for music: two channels and nothing saved. */
  readonly stereo: boolean
  /** Silence costs next to nothing: 5 packets a second in place of 50. */
  readonly dtx: boolean
}

/**
 * The description with our wishes for Opus. In one of ours it says how others may send to us and how we decode; in one
 * of theirs it is what our encoder goes by, so each side decides for itself how it sends.
 */
export function withOpus(sdp: string, { stereo, dtx }: OpusWishes): string {
  const types = new Set(Array.from(sdp.matchAll(/^a=rtpmap:(\d+) opus\/48000/gim), ([, type]) => type))
  if (types.size === 0) return sdp
  const flag = (on: boolean): string => (on ? '1' : '0')
  const wishes = { stereo: flag(stereo), 'sprop-stereo': flag(stereo), useinbandfec: '1', usedtx: flag(dtx) }
  const hasFmtp = new Set<string | undefined>()
  const lines = sdp.split('\r\n').map((line) => {
    const [, type, text] = /^a=fmtp:(\d+) (.*)$/.exec(line) ?? []
    if (type === undefined || text === undefined || !types.has(type)) return line
    hasFmtp.add(type)
    return `a=fmtp:${type} ${fmtp({ ...parametersOf(text), ...wishes })}`
  })
  return lines
    .flatMap((line) => {
      const [, type] = /^a=rtpmap:(\d+) opus\/48000/i.exec(line) ?? []
      return type === undefined || hasFmtp.has(type) ? [line] : [line, `a=fmtp:${type} ${fmtp(wishes)}`]
    })
    .join('\r\n')
}

const parametersOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    text.split(';').map((each) => {
      const [name = '', value = ''] = each.trim().split('=')
      return [name, value]
    }),
  )

const fmtp = (parameters: Readonly<Record<string, string>>): string =>
  Object.entries(parameters)
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
    .join(';')

/** The number that a peer connection goes by in each of its descriptions (RFC 8866, `sess-id`): another one, another connection. */
export const sessionIdOf = (sdp: string): string => /^o=\S+ (\d+)/m.exec(sdp)?.[1] ?? ''
