import { useSyncExternalStore } from 'react'
import type { Language } from '../i18n/message-shape.ts'
import { readStoredObject, writeStored } from './browser-storage.ts'

/** What a person set in this browser. `boot.js` reads the same entry before the first paint. */
export interface Preferences {
  readonly theme: 'system' | 'light' | 'dark'
  readonly language: 'auto' | Language
  /** A sound for messages that arrive while the page is not looked at. */
  readonly sound: boolean
  /** The number of unread messages in the page's title. */
  readonly titleBadge: boolean
  /** `reduce` holds motion back even where the device does not ask for it. */
  readonly motion: 'system' | 'reduce'
  /** Single letters and signs are shortcuts while nobody writes. */
  readonly characterKeys: boolean
}

const KEY = 'parley.preferences'
const DEFAULTS: Preferences = {
  theme: 'system',
  language: 'auto',
  sound: true,
  titleBadge: true,
  motion: 'system',
  characterKeys: true,
}

const oneOf = <T extends string>(value: unknown, allowed: readonly T[], fallback: T): T =>
  allowed.find((option) => option === value) ?? fallback
const flag = (value: unknown, fallback: boolean): boolean => (typeof value === 'boolean' ? value : fallback)

const listeners = new Set<() => void>()
let current: Preferences | null = null

function load(): Preferences {
  const stored = readStoredObject(KEY) ?? {}
  return {
    theme: oneOf(stored.theme, ['system', 'light', 'dark'], DEFAULTS.theme),
    language: oneOf(stored.language, ['auto', 'en', 'sv', 'ar'], DEFAULTS.language),
    sound: flag(stored.sound, DEFAULTS.sound),
    titleBadge: flag(stored.titleBadge, DEFAULTS.titleBadge),
    motion: oneOf(stored.motion, ['system', 'reduce'], DEFAULTS.motion),
    characterKeys: flag(stored.characterKeys, DEFAULTS.characterKeys),
  }
}

/** As they stand; defaults for whatever was never set. */
export function readPreferences(): Preferences {
  current ??= load()
  return current
}

/** Keeps the changes and applies theme and motion to the page at once. */
export function savePreferences(changes: Partial<Preferences>): void {
  current = { ...readPreferences(), ...changes }
  writeStored(KEY, JSON.stringify(current))
  applyPreferences()
  for (const listener of listeners) listener()
}

/** The page's colour per theme, for the browser's own bars; the same as --surface-1. */
const THEME_COLOURS = { light: '#f6f7fb', dark: '#0c1120' } as const

/** Puts theme and motion on the root element, where the styles look for them, and the theme on the browser's bars. */
export function applyPreferences(): void {
  const { theme, motion } = readPreferences()
  const { dataset } = document.documentElement
  if (theme === 'system') delete dataset.theme
  else dataset.theme = theme
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]'))
    meta.content = THEME_COLOURS[theme === 'system' ? (meta.media.includes('dark') ? 'dark' : 'light') : theme]
  if (motion === 'system') delete dataset.motion
  else dataset.motion = motion
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The preferences; the component renders anew when they change. */
export const usePreferences = (): Preferences => useSyncExternalStore(subscribe, readPreferences)
