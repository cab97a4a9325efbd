import { expect, it } from 'vitest'
import { asMeant, audioSections, sessionIdOf } from './audio-sdp.ts'
import { iceServersOf } from './ice-servers.ts'

const SDP = [
  'v=0',
  'o=- 4611731400430051336 2 IN IP4 127.0.0.1',
  's=-',
  'm=audio 9 UDP/TLS/RTP/SAVPF 63 111',
  'a=mid:0',
  'a=sendrecv',
  'a=extmap:14/sendonly urn:ietf:params:rtp-hdrext:ssrc-audio-level',
  'a=rtpmap:63 red/48000/2',
  'a=rtpmap:111 opus/48000/2',
  'm=video 9 UDP/TLS/RTP/SAVPF 96',
  'a=mid:1',
  'a=sendonly',
  'm=audio 9 UDP/TLS/RTP/SAVPF 0',
  'a=mid:2',
  'a=inactive',
  'a=rtpmap:0 PCMU/8000',
  'm=video 9 UDP/TLS/RTP/SAVPF 96',
  'a=recvonly',
  '',
].join('\r\n')

it('finds what each audio line says', () => {
  expect(audioSections(SDP)).toEqual([
    { mid: '0', direction: 'sendrecv', opus: 111, levelId: 14 },
    { mid: '2', direction: 'inactive', opus: null, levelId: 0 },
  ])
  expect(sessionIdOf(SDP)).toBe('4611731400430051336')
})

it('tells that we send on one line alone, and want no video', () => {
  const directions = (micMid: string | null) =>
    asMeant(SDP, micMid)
      .split('\r\n')
      .filter((line) => /^a=(send|recv|inactive)/.test(line))
  expect(directions('0')).toEqual(['a=sendrecv', 'a=inactive', 'a=inactive', 'a=inactive'])
  expect(directions(null)).toEqual(['a=recvonly', 'a=inactive', 'a=inactive', 'a=inactive'])
  expect(asMeant(SDP, '0').split('\r\n')).toHaveLength(SDP.split('\r\n').length)
})

it('takes STUN, and TURN over UDP, as the media library wants them', () => {
  const credentials = { username: '1900000000:ann', credential: 'secret' }
  expect(
    iceServersOf([
      { urls: 'stun:stun.example.org' },
      {
        urls: ['turn:turn.example.org:3479?transport=udp', 'turn:turn.example.org?transport=tcp', 'turns:x:5349'],
        ...credentials,
      },
      { urls: 'turn:[2001:db8::1]:3478', ...credentials },
      { urls: 'turn:nobody.example.org' },
      { urls: 'nonsense' },
    ]),
  ).toEqual([
    { hostname: 'stun.example.org', port: 3478 },
    { hostname: 'turn.example.org', port: 3479, username: '1900000000:ann', password: 'secret', relayType: 'TurnUdp' },
    { hostname: '2001:db8::1', port: 3478, username: '1900000000:ann', password: 'secret', relayType: 'TurnUdp' },
  ])
})
