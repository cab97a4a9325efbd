import type { Device, DeviceSignal } from '../device.ts'

export interface ScriptedDevice extends Device {
  signal(signal: DeviceSignal): void
  /** What the device says when asked. */
  set(says: { readonly isOnline?: boolean; readonly isHidden?: boolean; readonly hasPerson?: boolean }): void
  readonly listeners: number
}

/** A device that says what the test makes it say: online, in front, with a person, until told otherwise. */
export function createScriptedDevice(): ScriptedDevice {
  const listeners = new Set<(signal: DeviceSignal) => void>()
  let says = { isOnline: true, isHidden: false, hasPerson: true }
  return {
    get hasPerson() {
      return says.hasPerson
    },
    isOnline: () => says.isOnline,
    isHidden: () => says.isHidden,
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    signal(signal) {
      for (const listener of [...listeners]) listener(signal)
    },
    set(change) {
      says = { ...says, ...change }
    },
    get listeners() {
      return listeners.size
    },
  }
}
