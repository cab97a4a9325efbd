import { useMemo } from 'react'
import { useLocale } from '../i18n/locale.ts'
import type { Language } from '../i18n/message-shape.ts'
import { type ArgumentsOf, fillIn, type RawMessage } from '../i18n/text.ts'
import { arabic } from './words/ar.ts'
import { english } from './words/en.ts'
import { swedish } from './words/sv.ts'

type Words = typeof english
type AdminKey = keyof Words & string

/** Words of the operator's page: `say('roomsShown', { count: 3 })`. */
export type AdminText = <Key extends AdminKey>(key: Key, ...parameters: ArgumentsOf<Words[Key]>) => string

/** Keys of messages without parameters. */
export type PlainAdminKey = { [K in AdminKey]: ArgumentsOf<Words[K]> extends [] ? K : never }[AdminKey]

const words: Readonly<Record<Language, Readonly<Record<AdminKey, RawMessage>>>> = {
  en: english,
  sv: swedish,
  ar: arabic,
}

/** Words in the current language; the component renders anew when it changes. */
export function useAdminText(): AdminText {
  const { language } = useLocale()
  return useMemo<AdminText>(
    () =>
      (key, ...parameters) =>
        fillIn(language, words[language][key], parameters[0]) ?? key,
    [language],
  )
}
