import { createMicrophoneTest, type MicrophoneTestSnapshot } from '@parley/client/voice'
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react'
import { useVoicePreferences } from '../../platform/voice-preferences.ts'
import { refreshDevices } from './use-devices.ts'

export interface MicrophoneCheck {
  readonly state: MicrophoneTestSnapshot['state']
  /** What it hears now, 0–1; for `useSyncExternalStore`, so that only the meter moves with it. */
  readonly level: () => number
  readonly subscribe: (listener: () => void) => () => void
  readonly isHearing: boolean
  setHearing: (on: boolean) => void
  retry: () => void
  /** Lets the microphone go. */
  stop: () => void
}

/** Opens the chosen microphone while `isOn`, and again when another one is chosen. */
export function useMicrophoneCheck(isOn: boolean): MicrophoneCheck {
  const [test] = useState(createMicrophoneTest)
  const state = useSyncExternalStore(test.subscribe, () => test.getSnapshot().state)
  const isHearing = useSyncExternalStore(test.subscribe, () => test.getSnapshot().hearing)
  const level = useCallback(() => test.getSnapshot().level, [test])
  const { devices, microphone } = useVoicePreferences()
  const { microphoneId, speakerId } = devices
  const start = useCallback(() => {
    void test.start({ microphoneId, speakerId, settings: microphone }).then(refreshDevices)
  }, [test, microphoneId, speakerId, microphone])
  useEffect(() => {
    if (!isOn) return
    start()
    return () => test.stop()
  }, [isOn, start, test])
  return { state, level, subscribe: test.subscribe, isHearing, setHearing: test.hear, retry: start, stop: test.stop }
}
