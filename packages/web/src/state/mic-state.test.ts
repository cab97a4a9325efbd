import type { MicrophoneSettings } from '@parley/client'
import { describe, expect, it } from 'vitest'
import { micState } from './mic-state.ts'

const microphone: MicrophoneSettings = {
  mode: 'open',
  threshold: 0.15,
  releaseMs: 300,
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
  music: false,
}
const plain = { listenOnly: false, hardMuted: false, muted: false, hint: 'none', microphone } as const
const pushToTalk = { ...microphone, mode: 'push-to-talk' } as const

describe('the button of our microphone', () => {
  it.each(['microphone-blocked', 'no-microphone'] as const)('shows none that is on: %s', (hint) => {
    expect(micState({ ...plain, hint })).toBe('not-heard')
    expect(micState({ ...plain, hint, microphone: pushToTalk })).toBe('not-heard')
  })

  it('shows first what somebody decided', () => {
    const hint = 'no-microphone'
    expect(micState({ ...plain, hint, muted: true })).toBe('muted')
    expect(micState({ ...plain, hint, muted: true, hardMuted: true })).toBe('muted-by-host')
    expect(micState({ ...plain, hint, listenOnly: true })).toBe('listening')
  })

  it('is held where one talks so, and else toggles', () => {
    expect(micState({ ...plain, microphone: pushToTalk })).toBe('hold')
    expect(micState({ ...plain, microphone: pushToTalk, muted: true })).toBe('muted')
    expect(micState({ ...plain, hint: 'unheard' })).toBe('open')
  })
})
