import { expect, test } from 'vitest'
import { sessionIdOf, withOpus } from './opus-sdp.ts'

const SDP = [
  'v=0',
  'o=- 4611731400430051336 2 IN IP4 127.0.0.1',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111 63',
  'a=rtpmap:111 opus/48000/2',
  'a=fmtp:111 minptime=10;useinbandfec=1;stereo=1',
  'a=rtpmap:63 red/48000/2',
  'a=fmtp:63 111/111',
  '',
].join('\r\n')

test('says what we wish of Opus and keeps the rest', () => {
  expect(withOpus(SDP, { stereo: false, dtx: true })).toBe(
    SDP.replace('useinbandfec=1;stereo=1', 'useinbandfec=1;stereo=0;sprop-stereo=0;usedtx=1'),
  )
})

test('adds the line where there is none', () => {
  const bare = SDP.replace('a=fmtp:111 minptime=10;useinbandfec=1;stereo=1\r\n', '')
  expect(withOpus(bare, { stereo: true, dtx: false })).toContain(
    'a=rtpmap:111 opus/48000/2\r\na=fmtp:111 stereo=1;sprop-stereo=1;useinbandfec=1;usedtx=0\r\n',
  )
})

test('leaves a description without Opus alone', () => {
  expect(withOpus('v=0\r\nm=video 9 X 96\r\n', { stereo: true, dtx: true })).toBe('v=0\r\nm=video 9 X 96\r\n')
})

test('knows a connection by its number', () => {
  expect(sessionIdOf(SDP)).toBe('4611731400430051336')
  expect(sessionIdOf('v=0')).toBe('')
})
