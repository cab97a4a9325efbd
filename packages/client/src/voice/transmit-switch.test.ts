import { describe, expect, test } from 'vitest'
import { createFakeClock } from '../testing/fake-clock.ts'
import { createTransmitSwitch, RELEASE_TAIL_MS } from './transmit-switch.ts'
import type { MicrophoneSettings } from './voice-types.ts'

function setUp(mode: MicrophoneSettings['mode'] = 'push-to-talk') {
  const clock = createFakeClock()
  const cues: string[] = []
  const state = { mode, mayNot: false }
  const transmit = createTransmitSwitch({
    clock,
    state: () => state,
    onChange: () => undefined,
    onCue: (cue) => cues.push(cue),
  })
  const set = (change: Partial<typeof state>): void => {
    Object.assign(state, change)
    transmit.refresh()
  }
  transmit.refresh()
  return { clock, cues, set, transmit }
}

describe('push-to-talk', () => {
  test('is heard from the press on, and a moment after the release', async () => {
    const { clock, cues, transmit } = setUp()
    expect(transmit.isOn).toBe(false)
    transmit.press(true)
    expect(transmit.isOn).toBe(true)
    await clock.advance(5000)
    transmit.press(false)
    expect(transmit).toMatchObject({ isOn: true, isPressed: false })
    await clock.advance(RELEASE_TAIL_MS - 1)
    expect(transmit.isOn).toBe(true)
    await clock.advance(1)
    expect(transmit.isOn).toBe(false)
    expect(cues).toEqual(['ptt-on', 'ptt-off'])
  })

  test('pressed again within the tail goes on without a cue', async () => {
    const { clock, cues, transmit } = setUp()
    transmit.press(true)
    transmit.press(false)
    await clock.advance(RELEASE_TAIL_MS / 2)
    transmit.press(true)
    await clock.advance(RELEASE_TAIL_MS * 2)
    expect(transmit.isOn).toBe(true)
    expect(cues).toEqual(['ptt-on'])
  })

  test('ends at once when we are muted in the middle of a press, and needs a new press after that', async () => {
    const { clock, cues, set, transmit } = setUp()
    transmit.press(true)
    set({ mayNot: true })
    expect(transmit).toMatchObject({ isOn: false, isPressed: false })
    set({ mayNot: false })
    expect(transmit.isOn).toBe(false)
    // The key is still held, and repeats.
    transmit.press(true)
    expect(transmit.isOn).toBe(false)
    transmit.press(false)
    await clock.advance(1000)
    expect(transmit.isOn).toBe(false)
    transmit.press(true)
    expect(transmit.isOn).toBe(true)
    expect(cues).toEqual(['ptt-on', 'ptt-off', 'ptt-on'])
  })

  test('muted within the tail is silent at once', () => {
    const { set, transmit } = setUp()
    transmit.press(true)
    transmit.press(false)
    set({ mayNot: true })
    expect(transmit.isOn).toBe(false)
  })

  test('does not stick when the release is lost with the focus or the device', () => {
    const { transmit } = setUp()
    transmit.press(true)
    transmit.interrupt()
    expect(transmit).toMatchObject({ isOn: false, isPressed: false })
    transmit.press(true)
    expect(transmit.isOn).toBe(true)
  })

  test('pressed while muted stays silent', () => {
    const { cues, set, transmit } = setUp()
    set({ mayNot: true })
    transmit.press(true)
    expect(transmit).toMatchObject({ isOn: false, isPressed: false })
    expect(cues).toEqual([])
  })
})

test('an open microphone is sent unless muted, whatever the key does and without cues', () => {
  const { cues, set, transmit } = setUp('open')
  expect(transmit.isOn).toBe(true)
  transmit.press(true)
  transmit.press(false)
  transmit.interrupt()
  expect(transmit.isOn).toBe(true)
  set({ mayNot: true })
  expect(transmit.isOn).toBe(false)
  expect(cues).toEqual([])
})

test('changing to push-to-talk closes the microphone without a cue, changing back opens it', () => {
  const { cues, set, transmit } = setUp('open')
  set({ mode: 'push-to-talk' })
  expect(transmit.isOn).toBe(false)
  set({ mode: 'voice-activation' })
  expect(transmit.isOn).toBe(true)
  expect(cues).toEqual([])
})
