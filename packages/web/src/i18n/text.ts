import { useMemo } from 'react'
import type { English } from './catalogue.ts'
import { formatLocale, getLocale, type Locale, useLocale } from './locale.ts'
import type { Language, Parameters } from './message-shape.ts'

type MessageOf<Key extends MessageKey> = Key extends `${infer S extends keyof English & string}.${infer K}`
  ? K extends keyof English[S]
    ? English[S][K]
    : never
  : never

/** `section.key` of every message there is. */
type MessageKey = {
  [S in keyof English & string]: `${S}.${keyof English[S] & string}`
}[keyof English & string]

/** What a message takes after its key: nothing, or its parameters. */
export type ArgumentsOf<M> = keyof Parameters<M> extends never ? [] : [parameters: Parameters<M>]
type Arguments<Key extends MessageKey> = ArgumentsOf<MessageOf<Key>>

/** Turns a key and its parameters into words: `text('room.people', { count: 3 })`. */
export type Text = <Key extends MessageKey>(key: Key, ...parameters: Arguments<Key>) => string

/** Keys of messages without parameters: they can be kept in data and translated later. */
export type PlainKey = { [K in MessageKey]: Arguments<K> extends [] ? K : never }[MessageKey]

const pluralRules = new Map<Language, Intl.PluralRules>()
const numberFormats = new Map<string, Intl.NumberFormat>()

const cached = <K, T>(cache: Map<K, T>, key: K, make: () => T): T => {
  const value = cache.get(key) ?? make()
  cache.set(key, value)
  return value
}

/** A message as the runtime sees it. */
export type RawMessage = string | Readonly<Partial<Record<Intl.LDMLPluralRule, string>>>
export type RawParameters = Readonly<Record<string, string | number>>

function translate(locale: Locale, key: string, parameters?: RawParameters): string {
  const dot = key.indexOf('.')
  return (
    fillIn(locale.language, locale.catalogue[key.slice(0, dot) as keyof English][key.slice(dot + 1)], parameters) ?? key
  )
}

/** The words of a message: its plural chosen, its parameters filled in. `undefined` when there is no such message. */
export function fillIn(
  language: Language,
  message: RawMessage | undefined,
  parameters: RawParameters = {},
): string | undefined {
  const rules = cached(pluralRules, language, () => new Intl.PluralRules(language))
  // As times and countdowns are written: Arabic has other digits in other regions.
  const tag = formatLocale(language)
  const numbers = cached(numberFormats, tag, () => new Intl.NumberFormat(tag))
  const template =
    typeof message === 'object' ? (message[rules.select(Number(parameters.count))] ?? message.other) : message
  return template?.replace(/\{(\w+)\}/g, (placeholder, name: string) => {
    const value = parameters[name]
    if (value === undefined) return placeholder
    return typeof value === 'number' ? numbers.format(value) : value
  })
}

/** Words in a given locale; what `useText` is made of, for code outside React. */
export const createText =
  (locale: Locale): Text =>
  (key, ...parameters) =>
    translate(locale, key, parameters[0])

/** Words in the current locale, for code outside React (toasts, notifications, the title). */
export const text: Text = (key, ...parameters) => translate(getLocale(), key, parameters[0])

/** Words in the current locale; the component renders anew when the language changes. */
export function useText(): Text {
  const locale = useLocale()
  return useMemo(() => createText(locale), [locale])
}
