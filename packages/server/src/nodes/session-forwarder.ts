import {
  Agent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as openRequest,
  type ServerResponse,
} from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Logger } from 'pino'
import { ANSWER_NOW, type SessionForwarder } from '../wire/wires.ts'
import type { NodeDirectory } from './node-directory.ts'
import { type NodeSignatures, SIGNATURE_HEADER } from './node-signature.ts'
import { type PassingRequest, PassingRequests } from './passing-requests.ts'

/** A machine that is gone answers nothing at all. */
const CONNECT_TIMEOUT_MS = 3000
/** Below the other side's keep-alive, so that no request meets a connection that is being closed. */
const IDLE_MS = 30_000
const MAX_IDLE_CONNECTIONS = 256
/** They concern one connection (RFC 9110, 7.6.1), and the answer to `Expect` was given here. */
const HOP_BY_HOP = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

export interface ForwarderOptions {
  readonly directory: NodeDirectory
  readonly signatures: NodeSignatures
  readonly logger: Pick<Logger, 'warn'>
}

/** Requests for sessions of other nodes, taken there over the network that nodes share. */
export function createSessionForwarder(options: ForwarderOptions): SessionForwarder & Disposable {
  const { directory, signatures, logger } = options
  const agent = new Agent({ keepAlive: true, timeout: IDLE_MS, maxFreeSockets: MAX_IDLE_CONNECTIONS })
  const tunnels = new Set<Duplex>()
  const requests = new PassingRequests()

  async function find(nodeId: string): Promise<URL | null> {
    try {
      return await directory.find(nodeId)
    } catch (err) {
      logger.warn({ err, node: nodeId }, 'where a node is could not be read; its session counts as gone')
      return null
    }
  }

  function open(
    target: URL,
    { method = 'GET', url: path = '/' }: Pick<IncomingMessage, 'method' | 'url'>,
    address: string,
    headers: IncomingHttpHeaders,
  ): ClientRequest {
    const outgoing = openRequest({
      host: target.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: target.port,
      method,
      path,
      agent,
      headers: { ...headers, [SIGNATURE_HEADER]: signatures.sign({ method, path, address }) },
    })
    const tooLate = setTimeout(() => outgoing.destroy(new Error('no connection in time')), CONNECT_TIMEOUT_MS)
    const inTime = (): void => clearTimeout(tooLate)
    outgoing.once('socket', (socket) => {
      if (socket.connecting) socket.once('connect', inTime)
      else inTime()
    })
    outgoing.once('close', inTime)
    return outgoing
  }

  async function forward(
    nodeId: string,
    incoming: IncomingMessage,
    response: ServerResponse,
    address: string,
  ): Promise<boolean> {
    const target = await find(nodeId)
    if (target === null) return false
    if (response.destroyed) return true
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const outgoing = open(target, incoming, address, endToEnd(incoming.headers))
    const { method, url: path = '/' } = incoming
    const passing: PassingRequest = { nodeId, path, isHeld: method === 'GET' }
    requests.add(passing)
    response.once('close', () => {
      requests.delete(passing)
      outgoing.destroy()
    })
    outgoing.once('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers))
      answer.on('error', () => response.destroy())
      answer.pipe(response)
      resolve(true)
    })
    outgoing.once('error', () => {
      // The client's own going is no fault of the other node.
      if (response.headersSent || response.destroyed) response.destroy()
      resolve(response.destroyed)
    })
    incoming.pipe(outgoing)
    return promise
  }

  async function forwardUpgrade(
    nodeId: string,
    incoming: IncomingMessage,
    stream: Duplex,
    head: Buffer,
    address: string,
  ): Promise<boolean> {
    const target = await find(nodeId)
    if (target === null) return false
    if (stream.destroyed) return true
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const { upgrade } = incoming.headers
    const headers = { ...endToEnd(incoming.headers), connection: 'Upgrade', upgrade }
    const outgoing = open(target, incoming, address, headers)
    const abandon = (): void => void outgoing.destroy()
    stream.once('close', abandon)
    outgoing.once('upgrade', (answer, other, otherHead) => {
      stream.off('close', abandon)
      stream.write(headOf(answer))
      tunnel(stream, other)
      if (head.length > 0) other.write(head)
      if (otherHead.length > 0) stream.write(otherHead)
      resolve(true)
    })
    outgoing.once('response', (answer) => {
      stream.write(headOf(answer))
      answer.pipe(stream)
      resolve(true)
    })
    outgoing.once('error', () => resolve(stream.destroyed))
    outgoing.end()
    return promise
  }

  function tunnel(stream: Duplex, other: Duplex): void {
    tunnels.add(stream)
    for (const [from, to] of [
      [stream, other],
      [other, stream],
    ] as const) {
      if (from instanceof Socket) from.setTimeout(0).setNoDelay(true)
      from.pipe(to)
      from.on('error', () => to.destroy())
      from.once('close', () => to.destroy())
    }
    stream.once('close', () => tunnels.delete(stream))
  }

  /** Asks the node to answer a poll that it holds. When it does not, the poll goes with this node. */
  async function hasten({ nodeId, path }: PassingRequest): Promise<void> {
    const target = await find(nodeId)
    if (target === null) return
    const outgoing = open(target, { method: ANSWER_NOW, url: path }, '-', {})
    outgoing.once('response', (answer) => answer.resume())
    outgoing.once('error', () => undefined)
    outgoing.end()
  }

  return {
    get passing() {
      return tunnels.size + requests.size
    },
    forward,
    forwardUpgrade,
    endOldest() {
      const [tunnel] = tunnels
      if (tunnel !== undefined) {
        tunnel.destroy()
        tunnels.delete(tunnel)
        return true
      }
      const held = requests.takeHeld()
      if (held !== null) void hasten(held)
      return held !== null
    },
    [Symbol.dispose]() {
      for (const stream of tunnels) stream.destroy()
      agent.destroy()
    },
  }
}

/** What both ends are to see. */
function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const named = new Set((headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase()))
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name) && !named.has(name)))
}

/** The head of an answer as it came. */
function headOf({ statusCode, statusMessage, rawHeaders }: IncomingMessage): string {
  const lines = [`HTTP/1.1 ${statusCode} ${statusMessage}`]
  for (let at = 0; at < rawHeaders.length; at += 2) lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`)
  return `${lines.join('\r\n')}\r\n\r\n`
}
