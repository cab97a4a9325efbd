import type { Language } from './message-shape.ts'
import { legal as arabic } from './messages/ar/legal.ts'
import { legal as english } from './messages/en/legal.ts'
import { legal as swedish } from './messages/sv/legal.ts'

export type LegalKey = keyof typeof english

/** Privacy and terms in every language: they travel with their dialog, not with every page. */
export const legalWords: Readonly<Record<Language, Readonly<Record<LegalKey, string>>>> = {
  en: english,
  sv: swedish,
  ar: arabic,
}
