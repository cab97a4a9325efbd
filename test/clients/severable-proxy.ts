import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Stands between a client and the server, and can cut the line. */
export interface SeverableProxy extends AsyncDisposable {
  readonly url: string
  /** Ends every connection at once, with whatever is under way in both directions. New ones are let through. */
  sever(): void
  /** Ends every connection, and lets no new one through until `unblock`. */
  block(): void
  unblock(): void
}

export async function openSeverableProxy(targetUrl: string): Promise<SeverableProxy> {
  const target = new URL(targetUrl)
  const open = new Set<Socket>()
  let isBlocked = false
  const server = createServer((incoming) => {
    if (isBlocked) {
      incoming.destroy()
      return
    }
    const outgoing = connect(Number(target.port), target.hostname)
    for (const [from, to] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      open.add(from)
      from.pipe(to)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        open.delete(from)
        to.destroy()
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const sever = (): void => {
    for (const socket of open) socket.resetAndDestroy()
  }
  return {
    url: `http://127.0.0.1:${port}`,
    sever,
    block() {
      isBlocked = true
      sever()
    },
    unblock() {
      isBlocked = false
    },
    async [Symbol.asyncDispose]() {
      sever()
      server.close()
      await once(server, 'close')
    },
  }
}
