import { Encoder, type Packet, PacketType } from 'socket.io-parser'
import { writeObject } from './written-json.ts'

/**
 * Socket.IO's encoder, quicker with answers: there is nothing binary in them, so nobody has to look through all of one
 * for it, and what has been written before is not written again.
 */
export class AnswerEncoder extends Encoder {
  override encode(packet: Packet): unknown[] {
    const [answer, ...others] = packet.type === PacketType.ACK ? packet.data : []
    const isObject = typeof answer === 'object' && answer !== null && !Array.isArray(answer)
    const isOurs = isObject && others.length === 0 && packet.nsp === '/'
    return isOurs ? [`${packet.type}${packet.id}[${writeObject(answer)}]`] : super.encode(packet)
  }
}
