import { type Clock, createTimer } from '../clock.ts'
import type { MicrophoneSettings } from './voice-types.ts'

interface TransmitState {
  readonly mode: MicrophoneSettings['mode']
  /** By ourselves or by a moderator, or we only listen. */
  readonly mayNot: boolean
}

export interface TransmitSwitchOptions {
  readonly clock: Clock
  readonly state: () => TransmitState
  /** `isOn` or `isPressed` changed. */
  readonly onChange: () => void
  readonly onCue: (cue: 'ptt-on' | 'ptt-off') => void
}

/** Decides whether what the microphone hears is sent now. */
export interface TransmitSwitch {
  readonly isOn: boolean
  /** The key of push-to-talk counts as held. */
  readonly isPressed: boolean
  press(isDown: boolean): void
  /** What `state` says has changed. */
  refresh(): void
  /** The press ends here and now, whatever the key does: the focus, the device or the right to speak is gone. */
  interrupt(): void
}

/** The end of a word is said while the finger lifts already. */
export const RELEASE_TAIL_MS = 200

export function createTransmitSwitch({ clock, state, onChange, onCue }: TransmitSwitchOptions): TransmitSwitch {
  const tail = createTimer(clock)
  /** What the key does, as far as we know. */
  let isDown = false
  let isPressed = false
  let isOn = false
  let lastMode = state().mode

  function update(next: boolean, hasKeyChanged = false): void {
    const { mode } = state()
    const isNews = next !== isOn
    // Choosing push-to-talk is no release.
    const isByKey = mode === 'push-to-talk' && lastMode === mode
    isOn = next
    lastMode = mode
    if (isNews && isByKey) onCue(next ? 'ptt-on' : 'ptt-off')
    if (isNews || hasKeyChanged) onChange()
  }

  function release(): void {
    const was = isPressed
    isPressed = false
    tail.clear()
    update(false, was)
  }

  function refresh(): void {
    const { mode, mayNot } = state()
    if (mode !== 'push-to-talk') {
      isPressed = false
      tail.clear()
      update(!mayNot)
    } else if (mayNot) release()
    else update(isPressed || tail.isSet)
  }

  return {
    get isOn() {
      return isOn
    },
    get isPressed() {
      return isPressed
    },
    press(down) {
      const { mode, mayNot } = state()
      if (down === isDown) return
      isDown = down
      if (mode !== 'push-to-talk' || mayNot) return
      if (down) {
        isPressed = true
        tail.clear()
        update(true, true)
      } else if (isPressed) {
        isPressed = false
        tail.set(RELEASE_TAIL_MS, () => update(false))
        onChange()
      }
    },
    refresh,
    interrupt() {
      isDown = false
      if (state().mode === 'push-to-talk') release()
    },
  }
}
