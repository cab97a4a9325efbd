import { expect, test } from 'vitest'
import { sendsMedia } from './sends-media.ts'

const sdp = (...lines: string[]) => ['v=0', 's=-', ...lines, ''].join('\r\n')
const audio = 'm=audio 9 UDP/TLS/RTP/SAVPF 111'
const video = 'm=video 9 UDP/TLS/RTP/SAVPF 96'

test.each([
  ['sends and receives', sdp(audio, 'a=sendrecv'), true],
  ['sends', sdp(audio, 'a=sendonly'), true],
  ['receives', sdp(audio, 'a=recvonly'), false],
  ['does neither', sdp(audio, 'a=inactive'), false],
  ['says nothing, which means both', sdp(audio, 'a=mid:0'), true],
  ['says for all of the session that it receives', sdp('a=recvonly', audio, 'a=mid:0'), false],
  ['receives sound and sends video', sdp(audio, 'a=recvonly', video, 'a=sendonly'), true],
  ['refused what was offered', sdp('m=audio 0 UDP/TLS/RTP/SAVPF 111', 'a=sendrecv'), false],
  ['has a data channel alone', sdp('m=application 9 UDP/DTLS/SCTP webrtc-datachannel', 'a=mid:0'), false],
  ['has no media', sdp(), false],
  ['ends its lines as UNIX does', sdp(audio, 'a=sendrecv').replaceAll('\r', ''), true],
])('a description that %s', (_, description, sends) => {
  expect(sendsMedia(description)).toBe(sends)
})
