import type { DeviceChoice } from '@parley/client'
import { useVoiceText } from '../../i18n/voice-words.ts'
import { readVoicePreferences, saveVoicePreferences } from '../../platform/voice-preferences.ts'
import { MenuChoice, MenuSeparator } from '../../ui/menu.tsx'
import { useRoom } from '../room/room-context.tsx'
import { useCallActions } from './use-call-actions.ts'
import { useDeviceOptions } from './use-devices.ts'
import { useVoice } from './use-voice.ts'

/** Which microphone, camera and output are used, as parts of a menu; a kind with nothing to choose is left out. */
export function DeviceChoices() {
  const say = useVoiceText()
  const { microphones, cameras, speakers } = useDeviceOptions()
  const { devices, listenOnly } = useVoice(({ self }) => self)
  const choose = useChooseDevice()
  const kinds = [
    { name: 'microphoneId', label: say('microphone'), options: listenOnly ? [] : microphones },
    { name: 'cameraId', label: say('camera'), options: listenOnly ? [] : cameras },
    { name: 'speakerId', label: say('speaker'), options: speakers },
  ] as const
  return kinds
    .filter(({ options }) => options.length > 2)
    .map(({ name, label, options }) => (
      <div key={name}>
        <MenuChoice
          label={label}
          value={devices[name] ?? ''}
          options={options}
          onChange={(id) => choose({ [name]: id === '' ? null : id })}
        />
        <MenuSeparator />
      </div>
    ))
}

/** Keeps the choice in this browser, and takes it at once while in voice. */
export function useChooseDevice(): (choice: Partial<DeviceChoice>) => void {
  const { voice } = useRoom().room
  const { attempt } = useCallActions()
  return (choice) => {
    saveVoicePreferences({ devices: { ...readVoicePreferences().devices, ...choice } })
    void attempt(voice.setDevices(choice), () => 'deviceFailed')
  }
}
