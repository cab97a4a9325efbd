import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { listen, reachableUrls, stopListening } from '../http/listen.ts'
import type { NodeSignatures } from './node-signature.ts'

/** Longer than other nodes keep a connection that they do not use. */
const KEEP_ALIVE_MS = 60_000

export interface NodeListenerOptions {
  /** An address at which the other nodes reach this one. */
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  readonly signatures: NodeSignatures
  /** What another node brings of a client whose address is `address`. */
  readonly onRequest: (request: IncomingMessage, response: ServerResponse, address: string) => void
  readonly onUpgrade: (request: IncomingMessage, stream: Duplex, head: Buffer, address: string) => void
}

/** Where other nodes bring requests for sessions of this one. Nobody else gets an answer. */
export interface NodeListener extends AsyncDisposable {
  readonly url: URL
}

export async function openNodeListener(options: NodeListenerOptions): Promise<NodeListener> {
  const { host, signatures, onRequest, onUpgrade } = options
  const addressIn = (request: IncomingMessage): string | null =>
    signatures.verify({ method: request.method ?? '', path: request.url ?? '' }, request.headers)

  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    const address = addressIn(request)
    if (address === null) response.writeHead(403, { Connection: 'close' }).end()
    else onRequest(request, response, address)
  })
  server.on('upgrade', (request, stream, head) => {
    stream.on('error', () => stream.destroy())
    const address = addressIn(request)
    if (address === null) stream.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    else onUpgrade(request, stream, head, address)
  })
  const port = await listen(server, host, options.port, { host: 'NODE_HOST', port: 'NODE_PORT', isOwn: true })
  return {
    url: new URL(reachableUrls(host, port, 'http')[0]),
    [Symbol.asyncDispose]: () => stopListening(server, 0),
  }
}
