import { connect, type Socket } from 'node:net'
import { connect as connectSecurely } from 'node:tls'

/**
 * Takes whole packets from `chunk` between `start` and `end` and returns where it stopped: before `end`
 * when the rest is incomplete and must come again with more, beyond it when that many bytes that are yet
 * to come may be dropped unread. `chunk` is reused as soon as it returns.
 */
export type Consume = (chunk: Buffer, start: number, end: number) => number

export interface ByteStream {
  write(bytes: Buffer): void
  close(): void
  /** Ends it without a word, as a line that breaks: nothing of it is left, on either side. */
  cut(): void
}

/** Where a server is, on this machine. */
export interface Address {
  readonly port: number
  /** By TLS; whose certificate it is does not matter here. */
  readonly secure?: boolean
  /** The address to come from: from one there are only as many connections to a server as there are ports. */
  readonly from?: string
}

/** One buffer for all sockets of this process: what is read is used up before the next read. */
const shared = Buffer.allocUnsafe(256 * 1024)

/** A TCP connection that costs as little as Node allows. `closed` is called once, however it ends. */
export function openByteStream(options: {
  readonly address: Address
  readonly consume: Consume
  readonly closed: (reason: string) => void
}): Promise<ByteStream> {
  const { promise, resolve, reject } = Promise.withResolvers<ByteStream>()
  let kept: Buffer | null = null
  let toSkip = 0
  let failure = 'closed by the server'

  const take = (chunk: Buffer, start: number, end: number): void => {
    const stopped = options.consume(chunk, start, end)
    toSkip = Math.max(0, stopped - end)
    kept = stopped < end ? Buffer.from(chunk.subarray(stopped, end)) : null
  }
  const read = (length: number): void => {
    const start = Math.min(toSkip, length)
    toSkip -= start
    if (start === length) return
    if (kept === null) take(shared, start, length)
    else {
      const joined: Buffer = Buffer.concat([kept, shared.subarray(start, length)])
      take(joined, 0, joined.length)
    }
  }

  const { port, secure = false, from } = options.address
  const to = {
    port,
    host: '127.0.0.1',
    noDelay: true,
    ...(from === undefined ? {} : { localAddress: from }),
    onread: {
      buffer: shared,
      callback: (length: number) => {
        read(length)
        return true
      },
    },
  }
  const socket: Socket = secure ? connectSecurely({ ...to, rejectUnauthorized: false }) : connect(to)
  socket.once(secure ? 'secureConnect' : 'connect', () =>
    resolve({
      write: (bytes) => void socket.write(bytes),
      close: () => void socket.destroy(),
      cut: () => void (secure ? socket.destroy() : socket.resetAndDestroy()),
    }),
  )
  socket.on('error', (error) => {
    failure = error.message
    reject(error)
  })
  socket.once('close', () => options.closed(failure))
  return promise
}
