/** Whether a session description (RFC 8866) offers, or agrees, to send sound or video. Without a direction an m-line is `sendrecv`. */
export function sendsMedia(sdp: string): boolean {
  const [session = '', ...sections] = sdp.split(/^(?=m=)/m)
  const byDefault = directionOf(session) ?? 'sendrecv'
  return sections
    .filter((section) => /^m=(audio|video) (?!0 )/.test(section))
    .some((section) => (directionOf(section) ?? byDefault).startsWith('send'))
}

function directionOf(section: string): string | null {
  return /^a=(sendrecv|sendonly|recvonly|inactive)\s*$/m.exec(section)?.[1] ?? null
}
