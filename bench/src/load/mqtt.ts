import { openByteStream } from './byte-stream.ts'
import { findMark, type Protocol, plainTickets } from './protocol.ts'

const CONNECT = 0x10
const CONNACK = 0x20
const PUBLISH = 0x30
const SUBSCRIBE = 0x82
const SUBACK = 0x90
const PROTOCOL_LEVEL_3_1_1 = 4
const CLEAN_SESSION = 0x02
const TOPIC = 'room'

const text = (value: string): Buffer => {
  const bytes = Buffer.from(value)
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes])
}

function packet(type: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  const header = [type]
  let rest = body.length
  do {
    header.push(rest > 127 ? (rest & 0x7f) | 0x80 : rest)
    rest >>= 7
  } while (rest > 0)
  return Buffer.concat([Buffer.from(header), body])
}

/** Clients of an MQTT 3.1.1 broker that all publish and subscribe to one topic at QoS 0. */
export const mqtt: Protocol = {
  echoesToSender: true,
  acknowledges: false,
  prepare: async ({ port, people }) => plainTickets(port, people),
  connect: async (ticket, tally) => {
    const connected = Promise.withResolvers<void>()
    const subscribed = Promise.withResolvers<void>()
    const handle = (type: number, chunk: Buffer, start: number, end: number): void => {
      if (type === PUBLISH) {
        const markedAt = findMark(chunk, start, end)
        if (markedAt >= 0) tally.delivered(chunk, markedAt)
      } else if (type === CONNACK) connected.resolve()
      else if (type === SUBACK) subscribed.resolve()
    }
    const consume = (chunk: Buffer, start: number, end: number): number => {
      let at = start
      while (at < end) {
        let length = 0
        let shift = 0
        let payload = at + 1
        let byte = 0x80
        while (byte >= 0x80) {
          if (payload >= end) return at
          byte = chunk[payload++] ?? 0
          length |= (byte & 0x7f) << shift
          shift += 7
        }
        if (payload + length > end) return at
        handle((chunk[at] ?? 0) & 0xf0, chunk, payload, payload + length)
        at = payload + length
      }
      return at
    }
    const stream = await openByteStream({
      address: ticket,
      consume,
      closed: (reason) => {
        connected.reject(new Error(reason))
        tally.failed(reason)
      },
    })
    const noKeepAlive = Buffer.from([0, 0])
    stream.write(
      packet(
        CONNECT,
        text('MQTT'),
        Buffer.from([PROTOCOL_LEVEL_3_1_1, CLEAN_SESSION]),
        noKeepAlive,
        text(`member-${ticket.index}`),
      ),
    )
    await connected.promise
    return {
      join: () => {
        const packetId = Buffer.from([0, 1])
        const atMostOnce = Buffer.from([0])
        stream.write(packet(SUBSCRIBE, packetId, text(TOPIC), atMostOnce))
        return subscribed.promise
      },
      send: (value) => stream.write(packet(PUBLISH, text(TOPIC), Buffer.from(value))),
      close: () => stream.close(),
    }
  },
}
