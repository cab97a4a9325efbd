import { Encoder, type Packet, PacketType } from 'socket.io-parser'
import { expect, it } from 'vitest'
import { AnswerEncoder } from './answer-encoder.ts'
import { keepText } from './written-json.ts'

const answer = { ok: true, message: { text: 'a "b" é', at: 1 }, left: undefined }

it.each<[string, Packet]>([
  ['an answer', { type: PacketType.ACK, nsp: '/', id: 12, data: [answer] }],
  ['an answer without anything in it', { type: PacketType.ACK, nsp: '/', id: 0, data: [{}] }],
  ['an answer that is a list', { type: PacketType.ACK, nsp: '/', id: 3, data: [[1, 2]] }],
  ['an answer of two parts', { type: PacketType.ACK, nsp: '/', id: 3, data: [answer, answer] }],
  ['no answer', { type: PacketType.ACK, nsp: '/', id: 3, data: [] }],
  ['an event', { type: PacketType.EVENT, nsp: '/', data: ['connected', answer] }],
  ['a greeting', { type: PacketType.CONNECT, nsp: '/', data: { sid: 'x' } }],
  ['another namespace', { type: PacketType.ACK, nsp: '/x', id: 3, data: [answer] }],
])('writes %s as Socket.IO does', (_, packet) => {
  expect(new AnswerEncoder().encode(packet)).toEqual(new Encoder().encode(packet))
})

it('does not write anew what has been written', () => {
  const members = keepText([{ userId: 'ann' }], '["written"]')
  const packet = { type: PacketType.ACK, nsp: '/', id: 1, data: [{ ok: true, members }] }
  expect(new AnswerEncoder().encode(packet)).toEqual(['31[{"ok":true,"members":["written"]}]'])
})
