import { expect, test } from 'vitest'
import { isMicrophoneBack, speakerNow } from './device-watch.ts'

const device = (kind: MediaDeviceKind, deviceId: string, label = deviceId): MediaDeviceInfo => ({
  kind,
  deviceId,
  label,
  groupId: '',
  toJSON: () => ({}),
})

test('the chosen microphone is taken again when it comes back, and no other in its place', () => {
  const lost = { trouble: 'lost', microphoneId: 'headset' } as const
  expect(isMicrophoneBack([device('audioinput', 'default')], lost)).toBe(false)
  expect(isMicrophoneBack([device('audiooutput', 'headset')], lost)).toBe(false)
  expect(isMicrophoneBack([device('audioinput', 'headset')], lost)).toBe(true)
})

test('the first microphone to be connected will do where there was none', () => {
  const missing = { trouble: 'missing', microphoneId: null } as const
  expect(isMicrophoneBack([device('videoinput', 'camera')], missing)).toBe(false)
  expect(isMicrophoneBack([device('audioinput', 'default')], missing)).toBe(true)
})

test('a blocked one is asked for again only when it was allowed', () => {
  const blocked = { trouble: 'blocked', microphoneId: null } as const
  expect(isMicrophoneBack([device('audioinput', '', '')], blocked)).toBe(false)
  expect(isMicrophoneBack([device('audioinput', 'default')], blocked)).toBe(true)
})

test('one that works is left alone', () => {
  expect(isMicrophoneBack([device('audioinput', 'a')], { trouble: 'none', microphoneId: 'a' })).toBe(false)
})

test('the default speaker plays while the chosen one is gone', () => {
  expect(speakerNow([device('audiooutput', 'a')], 'b')).toBeNull()
  expect(speakerNow([device('audiooutput', 'b')], 'b')).toBe('b')
  expect(speakerNow([device('audiooutput', 'b')], null)).toBeNull()
})
