import type { IncomingMessage } from 'node:http'
import { parser, Transport } from 'engine.io'
import type { RawData, WebSocket } from 'ws'
import { textFrame } from './frame.ts'
import { type Flusher, OutboundQueue } from './outbound-queue.ts'

/** A handshake as Engine.IO hands it to a transport. */
export type EngineRequest = IncomingMessage & { _query: Record<string, string>; websocket?: WebSocket }

type Packet = Parameters<Transport['send']>[0][number]

/**
 * Engine.IO's WebSocket transport on our own queue. What Engine.IO sends (acknowledgements, pings, the
 * handshake) and what the fan-out delivers go through the same queue, so there is one order and one write.
 */
export class QueuedWebSocket extends Transport {
  readonly queue: OutboundQueue
  readonly #socket: WebSocket

  constructor(request: EngineRequest, flusher: Flusher) {
    super(request)
    if (request.websocket === undefined) throw new TypeError('The request was not upgraded to a WebSocket')
    this.#socket = request.websocket
    this.queue = new OutboundQueue(flusher, request.socket)
    this.#socket.on('message', (data: RawData, isBinary: boolean) => {
      super.onData(isBinary && Buffer.isBuffer(data) ? data : String(data))
    })
    this.#socket.once('close', () => super.onClose())
    this.#socket.on('error', (error: Error) => super.onError('websocket error', error))
    this.writable = true
  }

  override get name(): string {
    return 'websocket'
  }

  override send(packets: Packet[]): void {
    for (const packet of packets) parser.encodePacket(packet, false, this.#push)
    // Engine.IO counts its flushes by this event.
    this.emit('drain')
  }

  override doClose(done?: () => void): void {
    this.queue.end()
    this.#socket.close()
    done?.()
  }

  /** Binary data comes as base64, which Engine.IO's clients read as well. */
  readonly #push = (payload: string | Buffer | ArrayBuffer | ArrayBufferView): void => {
    const text = String(payload)
    this.queue.push({ bytes: textFrame(text), text }, false)
  }
}
