import { createListeners } from '../listeners.ts'

export interface MediaDevice {
  readonly id: string
  /** Empty as long as the browser does not say, which is before the first permission. */
  readonly label: string
}

export type DevicePermission = 'granted' | 'denied' | 'prompt' | 'unknown'

export interface DeviceListSnapshot {
  readonly microphones: readonly MediaDevice[]
  readonly cameras: readonly MediaDevice[]
  /** Empty where the browser can't choose. */
  readonly speakers: readonly MediaDevice[]
  readonly microphonePermission: DevicePermission
  readonly cameraPermission: DevicePermission
}

/** The devices there are, kept up to date as they come and go. */
export interface DeviceList {
  getSnapshot(): DeviceListSnapshot
  subscribe(listener: () => void): () => void
  /** Reads them again. Resolves when the snapshot is new. */
  refresh(): Promise<void>
  /** Asks the person, so that devices have names. Resolves true when it is allowed. */
  ask(kind: 'microphone' | 'camera'): Promise<boolean>
  close(): void
}

const NOTHING: DeviceListSnapshot = {
  microphones: [],
  cameras: [],
  speakers: [],
  microphonePermission: 'unknown',
  cameraPermission: 'unknown',
}

export function createDeviceList(): DeviceList {
  const changed = createListeners<void>()
  const aborter = new AbortController()
  const { signal } = aborter
  const { mediaDevices } = navigator as { mediaDevices?: MediaDevices }
  const permissions = new Map<'microphone' | 'camera', PermissionStatus>()
  let snapshot = NOTHING
  let run = 0

  async function refresh(): Promise<void> {
    run += 1
    const mine = run
    const all = (await mediaDevices?.enumerateDevices().catch(() => [])) ?? []
    if (mine !== run || signal.aborted) return
    snapshot = {
      microphones: ofKind(all, 'audioinput'),
      cameras: ofKind(all, 'videoinput'),
      speakers: ofKind(all, 'audiooutput'),
      microphonePermission: permissions.get('microphone')?.state ?? 'unknown',
      cameraPermission: permissions.get('camera')?.state ?? 'unknown',
    }
    changed.tell()
  }

  async function watch(name: 'microphone' | 'camera'): Promise<void> {
    // Not every browser knows these names.
    const status = await navigator.permissions?.query({ name }).catch(() => null)
    if (status === null || status === undefined || signal.aborted) return
    permissions.set(name, status)
    status.addEventListener('change', () => void refresh(), { signal })
  }

  mediaDevices?.addEventListener('devicechange', () => void refresh(), { signal })
  void Promise.all([watch('microphone'), watch('camera')]).then(refresh)
  return {
    getSnapshot: () => snapshot,
    subscribe: changed.add,
    refresh,
    async ask(kind) {
      try {
        const stream = await mediaDevices?.getUserMedia(kind === 'camera' ? { video: true } : { audio: true })
        for (const track of stream?.getTracks() ?? []) track.stop()
        return stream !== undefined
      } catch {
        return false
      } finally {
        await refresh()
      }
    },
    close: () => aborter.abort(),
  }
}

/** Browsers name the default one twice; `null` stands for it in a choice. */
const ofKind = (devices: readonly MediaDeviceInfo[], kind: MediaDeviceKind): MediaDevice[] =>
  devices.flatMap(({ kind: of, deviceId, label }) =>
    of === kind && deviceId !== '' && deviceId !== 'default' && deviceId !== 'communications'
      ? [{ id: deviceId, label }]
      : [],
  )
