/**
 * - `online`, `offline`: the network came or went, says the device.
 * - `wake`: the page came to the front or back to life.
 * - `activity`: the person did something.
 */
export type DeviceSignal = 'online' | 'offline' | 'wake' | 'activity'

/** What the device knows and the connection wants to know. */
export interface Device {
  /** Whether somebody sits before it whose activity shows. */
  readonly hasPerson: boolean
  isOnline(): boolean
  /** In the background timers run late. */
  isHidden(): boolean
  /** Returns the way to stop listening. */
  listen(listener: (signal: DeviceSignal) => void): () => void
}

/** The page's device in a browser; in Node or a worker one that is always online and never active. */
export function createDevice(): Device {
  return typeof window === 'undefined' || typeof document === 'undefined' ? headlessDevice : pageDevice
}

const headlessDevice: Device = {
  hasPerson: false,
  isOnline: () => true,
  isHidden: () => false,
  listen: () => () => undefined,
}

const pageDevice: Device = {
  hasPerson: true,
  isOnline: () => navigator.onLine,
  isHidden: () => document.hidden,
  listen(listener) {
    const aborter = new AbortController()
    const { signal } = aborter
    const on = (target: EventTarget, type: string, tells: DeviceSignal): void =>
      target.addEventListener(type, () => listener(tells), { signal, passive: true, capture: true })
    on(window, 'online', 'online')
    on(window, 'offline', 'offline')
    on(window, 'focus', 'wake')
    on(window, 'pageshow', 'wake')
    on(window, 'pointerdown', 'activity')
    on(window, 'keydown', 'activity')
    document.addEventListener('visibilitychange', () => !document.hidden && listener('wake'), { signal })
    return () => aborter.abort()
  },
}
