import type { DeviceChoice } from '@parley/client'
import { useVoiceText } from '../../i18n/voice-words.ts'
import { useVoicePreferences } from '../../platform/voice-preferences.ts'
import { Select } from '../../ui/select.tsx'
import { useChooseDevice } from './device-choices.tsx'
import { useDeviceOptions } from './use-devices.ts'

/** Which microphone, camera and output are used; kept in this browser. */
export function DeviceSelects() {
  const say = useVoiceText()
  const { devices } = useVoicePreferences()
  const { microphones, cameras, speakers } = useDeviceOptions()
  const choose = useChooseDevice()
  const kinds = [
    { name: 'microphoneId', label: say('microphone'), options: microphones },
    { name: 'cameraId', label: say('camera'), options: cameras },
    { name: 'speakerId', label: say('speaker'), options: speakers },
  ] as const
  return (
    <div className="flex flex-col gap-3">
      {kinds
        // Some browsers let nobody choose the output.
        .filter(({ options }) => options.length > 1)
        .map(({ name, label, options }) => (
          <Select
            key={name}
            label={label}
            value={present(devices[name], options)}
            options={options}
            onChange={(id) => choose({ [name]: id === '' ? null : id } satisfies Partial<DeviceChoice>)}
          />
        ))}
    </div>
  )
}

/** A device that is not plugged in now is not lost as a choice; until then the default serves. */
const present = (id: string | null, options: readonly { readonly value: string }[]): string =>
  options.some(({ value }) => value === id) ? (id ?? '') : ''
