import { once } from 'node:events'
import { createServer, type IncomingMessage, request as openRequest, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** Stands before several servers and takes each request to the next of them, sockets too; it knows no sessions. */
export interface RoundRobinProxy extends AsyncDisposable {
  readonly url: string
  /** How many requests and sockets went to each server, by its URL. */
  readonly counts: ReadonlyMap<string, number>
  /** Which servers there are from now on; what passes goes on where it is. */
  setServers(urls: readonly string[]): void
}

interface ProxyOptions {
  /** Whether the connection to the server breaks before this answer came: the request goes to the next one then. */
  readonly breaks?: (request: IncomingMessage) => boolean
}

/** One that does not accept is passed over, as by every balancer: nothing was sent to it. */
export async function openRoundRobinProxy(
  urls: readonly string[] = [],
  { breaks = () => false }: ProxyOptions = {},
): Promise<RoundRobinProxy> {
  const counts = new Map<string, number>()
  let servers = urls
  let next = 0
  const open = new Set<Socket>()

  /** A connection to the next server that accepts. */
  async function reach(): Promise<{ readonly server: string; readonly socket: Socket } | null> {
    for (let tries = servers.length; tries > 0; tries -= 1) {
      const server = servers[next++ % servers.length]
      if (server === undefined) return null
      const { hostname, port } = new URL(server)
      const socket = connect(Number(port), hostname).setNoDelay(true)
      try {
        await once(socket, 'connect')
        counts.set(server, (counts.get(server) ?? 0) + 1)
        return { server, socket }
      } catch {
        socket.destroy()
      }
    }
    return null
  }

  async function pass(
    incoming: IncomingMessage,
    response: ServerResponse,
    body: Promise<Buffer> = buffer(incoming),
  ): Promise<void> {
    const reached = await reach()
    if (reached === null) {
      response.writeHead(502).end()
      return
    }
    const outgoing = openRequest({
      createConnection: () => reached.socket,
      method: incoming.method ?? 'GET',
      path: incoming.url ?? '/',
      headers: { ...incoming.headers, connection: 'close' },
    })
    response.on('close', () => outgoing.destroy())
    const fail = (): unknown => (response.headersSent ? response.destroy() : response.writeHead(502).end())
    outgoing.on('error', fail)
    outgoing.on('response', (answer) => {
      if (breaks(incoming)) {
        outgoing
          .off('error', fail)
          .on('error', () => undefined)
          .destroy()
        void pass(incoming, response, body)
        return
      }
      const { connection: _, ...headers } = answer.headers
      response.writeHead(answer.statusCode ?? 502, headers)
      answer.on('error', () => response.destroy())
      answer.pipe(response)
    })
    outgoing.end(await body.catch(() => response.destroy()))
  }

  async function passSocket(incoming: IncomingMessage, client: Socket, head: Buffer): Promise<void> {
    client.on('error', () => client.destroy())
    const reached = await reach()
    if (reached === null) {
      client.end('HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\n\r\n')
      return
    }
    const { socket } = reached
    socket.on('error', () => client.destroy())
    const lines = [`${incoming.method} ${incoming.url} HTTP/1.1`]
    const { rawHeaders } = incoming
    for (let at = 0; at < rawHeaders.length; at += 2) lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`)
    socket.write(`${lines.join('\r\n')}\r\n\r\n`)
    socket.write(head)
    client.pipe(socket).pipe(client)
    client.once('close', () => socket.destroy())
    socket.once('close', () => client.destroy())
  }

  const server = createServer((incoming, response) => void pass(incoming, response))
  server.on('upgrade', (incoming, client, head) => void passSocket(incoming, client as Socket, head))
  server.on('connection', (socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    counts,
    setServers(urls) {
      servers = urls
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
