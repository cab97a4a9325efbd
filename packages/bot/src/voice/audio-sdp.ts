/** What one line of a description says of sound. */
export interface AudioSection {
  readonly mid: string
  readonly direction: 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive'
  /** The number under which Opus goes; `null`: the line has none. */
  readonly opus: number | null
  /** The id of the audio level's header extension (RFC 6464); 0: none. */
  readonly levelId: number
}

const AUDIO_LEVEL = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level'

const sectionsOf = (sdp: string): string[] => sdp.split(/^(?=m=)/m).slice(1)

/** The audio lines of a description, in order. */
export function audioSections(sdp: string): AudioSection[] {
  return sectionsOf(sdp)
    .filter((section) => section.startsWith('m=audio'))
    .map((section) => {
      const opus = /^a=rtpmap:(\d+) opus\/48000/im.exec(section)?.[1]
      const levelId = new RegExp(`^a=extmap:(\\d+)(?:/\\w+)? ${AUDIO_LEVEL}`, 'm').exec(section)?.[1]
      const direction = /^a=(sendrecv|sendonly|recvonly|inactive)\b/m.exec(section)?.[1]
      return {
        mid: /^a=mid:(\S+)/m.exec(section)?.[1] ?? '',
        direction: (direction ?? 'sendrecv') as AudioSection['direction'],
        opus: opus === undefined ? null : Number(opus),
        levelId: Number(levelId ?? 0),
      }
    })
}

/** The line that makes an offer of audio levels. */
export const audioLevelLine = (levelId: number): string => `a=extmap:${levelId} ${AUDIO_LEVEL}`

const WITHOUT_SENDING = {
  sendrecv: 'recvonly',
  recvonly: 'recvonly',
  sendonly: 'inactive',
  inactive: 'inactive',
} as const

/**
 * The description as it is to be told: libdatachannel agrees to send on every line that is offered. We send on
 * `micMid` alone, and nobody is to send video, which we would not look at.
 */
export function asMeant(sdp: string, micMid: string | null): string {
  const [session = '', ...sections] = sdp.split(/^(?=m=)/m)
  const meant = sections.map((section) => {
    const mid = /^a=mid:(\S+)/m.exec(section)?.[1]
    if (section.startsWith('m=audio') && mid === micMid) return section
    return section.replace(
      /^a=(sendrecv|sendonly|recvonly|inactive)\b/m,
      (_, direction: keyof typeof WITHOUT_SENDING) =>
        section.startsWith('m=audio') ? `a=${WITHOUT_SENDING[direction]}` : 'a=inactive',
    )
  })
  return [session, ...meant].join('')
}

/** The number that a connection goes by in each of its descriptions (RFC 8866, `sess-id`): another one, another connection. */
export const sessionIdOf = (sdp: string): string => /^o=\S+ (\d+)/m.exec(sdp)?.[1] ?? ''
