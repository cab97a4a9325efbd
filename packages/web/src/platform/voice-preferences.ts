import type { DeviceChoice, MicrophoneSettings } from '@parley/client'
import { useSyncExternalStore } from 'react'
import { readStoredObject, writeStored } from './browser-storage.ts'

/** How a person wants to be heard and seen, kept in this browser. */
export interface VoicePreferences {
  readonly devices: DeviceChoice
  readonly microphone: MicrophoneSettings
  /** The key for push-to-talk, as `KeyboardEvent.code`. */
  readonly talkKey: string
  /** Soft sounds when people come and go and the microphone opens. */
  readonly cues: boolean
  /** Goes into voice muted. */
  readonly joinMuted: boolean
}

const KEY = 'parley.voice'

const DEFAULTS: VoicePreferences = {
  devices: { microphoneId: null, cameraId: null, speakerId: null },
  microphone: {
    mode: 'open',
    threshold: 0.15,
    releaseMs: 300,
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: true,
    music: false,
  },
  talkKey: 'Space',
  cues: true,
  joinMuted: false,
}

const MODES = ['open', 'push-to-talk', 'voice-activation'] as const

const listeners = new Set<() => void>()
let current: VoicePreferences | null = null

const objectOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {}
const flag = (value: unknown, fallback: boolean): boolean => (typeof value === 'boolean' ? value : fallback)
const idOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

function load(): VoicePreferences {
  const stored = readStoredObject(KEY) ?? {}
  const devices = objectOf(stored.devices)
  const microphone = objectOf(stored.microphone)
  const { threshold } = microphone
  return {
    devices: {
      microphoneId: idOf(devices.microphoneId),
      cameraId: idOf(devices.cameraId),
      speakerId: idOf(devices.speakerId),
    },
    microphone: {
      mode: MODES.find((mode) => mode === microphone.mode) ?? DEFAULTS.microphone.mode,
      threshold:
        typeof threshold === 'number' && threshold >= 0 && threshold <= 1 ? threshold : DEFAULTS.microphone.threshold,
      releaseMs: DEFAULTS.microphone.releaseMs,
      echoCancellation: flag(microphone.echoCancellation, DEFAULTS.microphone.echoCancellation),
      noiseSuppression: flag(microphone.noiseSuppression, DEFAULTS.microphone.noiseSuppression),
      autoGainControl: flag(microphone.autoGainControl, DEFAULTS.microphone.autoGainControl),
      music: flag(microphone.music, DEFAULTS.microphone.music),
    },
    talkKey: idOf(stored.talkKey) ?? DEFAULTS.talkKey,
    cues: flag(stored.cues, DEFAULTS.cues),
    joinMuted: flag(stored.joinMuted, DEFAULTS.joinMuted),
  }
}

/** As they stand; defaults for whatever was never set. */
export function readVoicePreferences(): VoicePreferences {
  current ??= load()
  return current
}

export function saveVoicePreferences(changes: Partial<VoicePreferences>): void {
  current = { ...readVoicePreferences(), ...changes }
  writeStored(KEY, JSON.stringify(current))
  for (const listener of listeners) listener()
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The preferences; the component renders anew when they change. */
export const useVoicePreferences = (): VoicePreferences => useSyncExternalStore(subscribe, readVoicePreferences)
