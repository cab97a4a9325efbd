import { describe, expect, it } from 'vitest'
import { arabic as arabicAdmin } from '../admin/words/ar.ts'
import { english as englishAdmin } from '../admin/words/en.ts'
import { swedish as swedishAdmin } from '../admin/words/sv.ts'
import { arabic as arabicPage } from './messages/ar/index.ts'
import { legal as arabicLegal } from './messages/ar/legal.ts'
import { voice as arabicVoice } from './messages/ar/voice.ts'
import { english as englishPage } from './messages/en/index.ts'
import { legal as englishLegal } from './messages/en/legal.ts'
import { voice as englishVoice } from './messages/en/voice.ts'
import { swedish as swedishPage } from './messages/sv/index.ts'
import { legal as swedishLegal } from './messages/sv/legal.ts'
import { voice as swedishVoice } from './messages/sv/voice.ts'
import { createText } from './text.ts'

/** With the words that only come with voice, with the legal texts, and with the operator's page. */
const english = { ...englishPage, voice: englishVoice, legal: englishLegal, admin: englishAdmin }
const swedish = { ...swedishPage, voice: swedishVoice, legal: swedishLegal, admin: swedishAdmin }
const arabic = { ...arabicPage, voice: arabicVoice, legal: arabicLegal, admin: arabicAdmin }

type Entry = readonly [key: string, texts: readonly string[]]

const textsOf = (message: unknown): string[] =>
  typeof message === 'object' && message !== null ? Object.values(message).map(String) : [String(message)]

const entriesOf = (catalogue: object): Entry[] =>
  Object.entries(catalogue).flatMap(([section, messages]) =>
    Object.entries(messages as object).map(([key, message]): Entry => [`${section}.${key}`, textsOf(message)]),
  )

const placeholdersOf = (texts: readonly string[]): string[] => [
  ...new Set(texts.flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => String(name)))),
]

const englishEntries = new Map(entriesOf(english))

describe.each([
  ['Swedish', swedish],
  ['Arabic', arabic],
])('%s messages', (_language, catalogue) => {
  it('take the same parameters as the English ones', () => {
    for (const [key, texts] of entriesOf(catalogue)) {
      const wanted = placeholdersOf(englishEntries.get(key) ?? [])
      expect(placeholdersOf(texts).sort(), key).toEqual(wanted.sort())
    }
  })

  it('leave nothing empty', () => {
    for (const [key, texts] of entriesOf(catalogue))
      expect(
        texts.every((text) => text.trim() !== ''),
        key,
      ).toBe(true)
  })
})

describe('words', () => {
  it('keep calm in every language', () => {
    for (const catalogue of [english, swedish, arabic])
      for (const [key, texts] of entriesOf(catalogue)) expect(texts.join(' '), key).not.toMatch(/[!！]|\boops\b/i)
  })
})

describe('createText', () => {
  const inEnglish = createText({ language: 'en', direction: 'ltr', catalogue: english })
  const inArabic = createText({ language: 'ar', direction: 'rtl', catalogue: arabic })

  it('fills in parameters', () => {
    expect(inEnglish('join.pageTitle', { room: 'Harbour' })).toBe('Join Harbour')
  })

  it('does not read parameters as templates', () => {
    expect(inEnglish('join.pageTitle', { room: '{room} $& {count}' })).toBe('Join {room} $& {count}')
  })

  it('chooses the English plural', () => {
    expect(inEnglish('join.people', { count: 1 })).toBe('1 person inside')
    expect(inEnglish('join.people', { count: 1200 })).toBe('1,200 people inside')
  })

  it.each([
    [0, 'لا أحد في الداخل'],
    [1, 'شخص واحد في الداخل'],
    [2, 'شخصان في الداخل'],
    [3, '3 أشخاص في الداخل'],
    [11, '11 شخصًا في الداخل'],
    [100, '100 شخص في الداخل'],
  ])('chooses the Arabic plural for %i', (count, expected) => {
    expect(inArabic('join.people', { count })).toBe(expected)
  })
})
