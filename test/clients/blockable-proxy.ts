import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Stands between browsers and a server as a strict network does: while it blocks, it takes everything and answers nothing. */
export interface BlockableProxy extends AsyncDisposable {
  readonly url: string
  /** Ends what is open; from now on nothing gets through, WebSocket or not. */
  block(): void
  unblock(): void
}

export async function openBlockableProxy(targetUrl: string): Promise<BlockableProxy> {
  const target = new URL(targetUrl)
  const open = new Set<Socket>()
  let isBlocking = false

  function keep(socket: Socket): void {
    open.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => open.delete(socket))
  }

  const server = createServer((incoming) => {
    keep(incoming)
    if (isBlocking) {
      incoming.resume()
      return
    }
    const outgoing = connect(Number(target.port), target.hostname)
    keep(outgoing)
    incoming.pipe(outgoing).once('close', () => incoming.destroy())
    outgoing.pipe(incoming).once('close', () => outgoing.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const endAll = (): void => {
    for (const socket of open) socket.destroy()
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    block() {
      isBlocking = true
      endAll()
    },
    unblock() {
      isBlocking = false
      endAll()
    },
    async [Symbol.asyncDispose]() {
      endAll()
      server.close()
      await once(server, 'close')
    },
  }
}
