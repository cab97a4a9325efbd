import { useEffect, useMemo, useSyncExternalStore } from 'react'
import { getLocale, useLocale } from './locale.ts'
import type { Language } from './message-shape.ts'
import { voice as english } from './messages/en/voice.ts'
import { type ArgumentsOf, fillIn, type RawMessage } from './text.ts'

type Words = typeof english
type VoiceKey = keyof Words & string

/** Words about voice: `say('inVoice', { count: 3 })`. They travel with the voice parts, not with every page. */
export type VoiceText = <Key extends VoiceKey>(key: Key, ...parameters: ArgumentsOf<Words[Key]>) => string

/** Keys of messages without parameters. */
export type PlainVoiceKey = { [K in VoiceKey]: ArgumentsOf<Words[K]> extends [] ? K : never }[VoiceKey]

type LoadedWords = Readonly<Record<string, RawMessage>>

const loaded = new Map<Language, LoadedWords>([['en', english]])
const listeners = new Set<() => void>()

/** Fetches the words of a language once. When that fails (offline) the words stay English. */
export async function loadVoiceWords(language: Language): Promise<void> {
  if (loaded.has(language)) return
  const words = await (language === 'sv' ? import('./messages/sv/voice.ts') : import('./messages/ar/voice.ts')).catch(
    () => null,
  )
  if (words === null) return
  loaded.set(language, words.voice)
  for (const listener of listeners) listener()
}

const createVoiceText =
  (language: Language, words: LoadedWords | undefined): VoiceText =>
  (key, ...parameters) =>
    fillIn(words === undefined ? 'en' : language, (words ?? english)[key], parameters[0]) ?? key

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Words about voice in the current language; the component renders anew when it changes. */
export function useVoiceText(): VoiceText {
  const { language } = useLocale()
  const words = useSyncExternalStore(subscribe, () => loaded.get(language))
  useEffect(() => {
    void loadVoiceWords(language)
  }, [language])
  return useMemo(() => createVoiceText(language, words), [language, words])
}

/** The same for code outside React. */
export const voiceText: VoiceText = (key, ...parameters) => {
  const { language } = getLocale()
  return createVoiceText(language, loaded.get(language))(key, ...parameters)
}
