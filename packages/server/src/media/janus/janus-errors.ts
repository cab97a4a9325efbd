/** Janus refused a request. */
export class JanusError extends Error {
  override readonly name = 'JanusError'
  /** Janus's own code: 4xx, of the VideoRoom (https://janus.conf.meetecho.com/docs/videoroom.html) or of its API. */
  readonly code: number

  constructor(code: number, message: string) {
    super(`${message} (${code})`)
    this.code = code
  }
}

/** Janus is gone or hangs, and with it everything that was there. */
export class JanusLostError extends Error {
  override readonly name = 'JanusLostError'

  constructor(url: string, reason: string) {
    super(`Janus at ${url} is lost: ${reason}`)
  }
}
