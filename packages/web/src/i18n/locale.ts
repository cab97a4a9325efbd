import { useSyncExternalStore } from 'react'
import { readPreferences, savePreferences } from '../platform/preferences.ts'
import { type Catalogue, english, loadCatalogue } from './catalogue.ts'
import type { Language } from './message-shape.ts'

export interface Locale {
  readonly language: Language
  readonly direction: 'ltr' | 'rtl'
  readonly catalogue: Catalogue
}

/** Each language by its own name, for the switcher. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: 'English', sv: 'Svenska', ar: 'العربية' }

export const LANGUAGES = Object.keys(LANGUAGE_NAMES) as readonly Language[]

const listeners = new Set<() => void>()
let locale: Locale = { language: 'en', direction: 'ltr', catalogue: english }

const isLanguage = (value: string): value is Language => Object.hasOwn(LANGUAGE_NAMES, value)

/** What the person chose, else the first of the browser's languages that we speak, else English. */
export function preferredLanguage(): Language {
  const chosen = readPreferences().language
  if (chosen !== 'auto') return chosen
  return navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase()).find(isLanguage) ?? 'en'
}

/** Loads the language and shows it. When it can't be loaded (offline), the page stays in the one it has. */
export async function applyLanguage(language: Language): Promise<void> {
  const catalogue = await loadCatalogue(language).catch(() => null)
  if (catalogue === null) return
  locale = { language, direction: language === 'ar' ? 'rtl' : 'ltr', catalogue }
  document.documentElement.lang = language
  document.documentElement.dir = locale.direction
  for (const listener of listeners) listener()
}

/**
 * The language with the region that the browser prefers for it, such as `en-GB`, for times and numbers:
 * words are the same in every region, clocks are not.
 */
export const formatLocale = (language: Language = locale.language): string =>
  navigator.languages.find((tag) => tag.slice(0, 2).toLowerCase() === language) ?? language

/** Keeps the choice in this browser and applies it. */
export function chooseLanguage(language: Language): Promise<void> {
  savePreferences({ language })
  return applyLanguage(language)
}

export const getLocale = (): Locale => locale

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The current locale; the component renders anew when it changes. */
export const useLocale = (): Locale => useSyncExternalStore(subscribe, getLocale)
