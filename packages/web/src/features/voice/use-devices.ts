import { createDeviceList, type DeviceList, type MediaDevice } from '@parley/client/voice'
import { useMemo, useSyncExternalStore } from 'react'
import { useVoiceText } from '../../i18n/voice-words.ts'

/** A device as a choice; the empty value is the system's default. */
interface DeviceOption {
  readonly value: string
  readonly label: string
}

export interface DeviceOptions {
  readonly microphones: readonly DeviceOption[]
  readonly cameras: readonly DeviceOption[]
  /** Only the default where the browser does not let anybody choose. */
  readonly speakers: readonly DeviceOption[]
}

/** One list for the page, made when somebody first wants to choose: it watches what is plugged in. */
let shared: DeviceList | null = null
const deviceList = (): DeviceList => {
  shared ??= createDeviceList()
  return shared
}

/** Reads the devices again: names are told only once something was allowed. */
export const refreshDevices = (): void => void deviceList().refresh()

/** What there is to choose from, up to date as devices come and go. */
export function useDeviceOptions(): DeviceOptions {
  const say = useVoiceText()
  const { subscribe, getSnapshot } = deviceList()
  const { microphones, cameras, speakers } = useSyncExternalStore(subscribe, getSnapshot)
  return useMemo(() => {
    const options = (devices: readonly MediaDevice[]): DeviceOption[] => [
      { value: '', label: say('systemDefault') },
      ...devices.map(({ id, label }, index) => ({
        value: id,
        label: label === '' ? say('deviceNumber', { count: index + 1 }) : label,
      })),
    ]
    return { microphones: options(microphones), cameras: options(cameras), speakers: options(speakers) }
  }, [say, microphones, cameras, speakers])
}
