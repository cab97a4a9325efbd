export interface DeviceWatchOptions {
  /** Devices came or went, or the person allowed them: which there are now. */
  readonly onChange: (devices: readonly MediaDeviceInfo[]) => void
}

/** Tells of devices that come and go during a call. */
export function watchDevices({ onChange }: DeviceWatchOptions) {
  const aborter = new AbortController()
  const { signal } = aborter
  const { mediaDevices } = navigator as { mediaDevices?: MediaDevices }

  async function look(): Promise<void> {
    const devices = (await mediaDevices?.enumerateDevices().catch(() => null)) ?? null
    if (devices !== null && !signal.aborted) onChange(devices)
  }

  return {
    start(): void {
      mediaDevices?.addEventListener('devicechange', () => void look(), { signal })
      navigator.permissions
        ?.query({ name: 'microphone' })
        .then((status) => status.addEventListener('change', () => void look(), { signal }))
        // Not every browser knows this name.
        .catch(() => undefined)
    },
    stop: () => aborter.abort(),
  }
}

const has = (devices: readonly MediaDeviceInfo[], kind: MediaDeviceKind, id: string): boolean =>
  devices.some((device) => device.kind === kind && device.deviceId === id)

/** Whether opening the microphone anew would bring what is wanted and is not there now. */
export function isMicrophoneBack(
  devices: readonly MediaDeviceInfo[],
  {
    trouble,
    microphoneId,
  }: { readonly trouble: 'none' | 'missing' | 'blocked' | 'lost'; readonly microphoneId: string | null },
): boolean {
  switch (trouble) {
    case 'none':
      return false
    case 'lost':
      return microphoneId !== null && has(devices, 'audioinput', microphoneId)
    case 'missing':
      return devices.some(({ kind }) => kind === 'audioinput')
    case 'blocked':
      // Only what is allowed has a name.
      return devices.some(({ kind, label }) => kind === 'audioinput' && label !== '')
  }
}

/** The chosen speaker, or the default one while it is gone. */
export const speakerNow = (devices: readonly MediaDeviceInfo[], speakerId: string | null): string | null =>
  speakerId !== null && has(devices, 'audiooutput', speakerId) ? speakerId : null
