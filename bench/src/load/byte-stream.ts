import { connect, type Socket } from 'node:net'

/**
 * Takes whole packets from `chunk` between `start` and `end` and returns where it stopped: before `end`
 * when the rest is incomplete and must come again with more, beyond it when that many bytes that are yet
 * to come may be dropped unread. `chunk` is reused as soon as it returns.
 */
export type Consume = (chunk: Buffer, start: number, end: number) => number

export interface ByteStream {
  write(bytes: Buffer): void
  close(): void
}

/** One buffer for all sockets of this process: what is read is used up before the next read. */
const shared = Buffer.allocUnsafe(256 * 1024)

/** A TCP connection that costs as little as Node allows. `closed` is called once, however it ends. */
export function openByteStream(options: {
  readonly port: number
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

  const socket: Socket = connect({
    port: options.port,
    host: '127.0.0.1',
    noDelay: true,
    onread: {
      buffer: shared,
      callback: (length) => {
        read(length)
        return true
      },
    },
  })
  socket.once('connect', () =>
    resolve({ write: (bytes) => void socket.write(bytes), close: () => void socket.destroy() }),
  )
  socket.on('error', (error) => {
    failure = error.message
    reject(error)
  })
  socket.once('close', () => options.closed(failure))
  return promise
}
