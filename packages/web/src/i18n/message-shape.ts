export type Language = 'en' | 'sv' | 'ar'

/** The plural categories that each language has for whole numbers, as CLDR defines them. */
interface PluralCategories {
  en: 'one' | 'other'
  sv: 'one' | 'other'
  ar: 'zero' | 'one' | 'two' | 'few' | 'many' | 'other'
}

/** A message that depends on `{count}`: one text per plural category of the language. */
type Plural<L extends Language = Language> = Readonly<Record<PluralCategories[L], string>>

/** What English messages look like: a flat list of texts and plurals. Placeholders are `{name}`. */
type Messages = Readonly<Record<string, string | Plural<'en'>>>

/**
 * The same messages in another language: every key, and every plural with every category of that language.
 * A missing one is a compile error: `export const common = {…} satisfies Translation<typeof english, 'ar'>`.
 */
export type Translation<M extends Messages, L extends Language> = {
  readonly [K in keyof M]: M[K] extends string ? string : Plural<L>
}

type Placeholders<S extends string> = S extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never

type TextOf<M> = M extends string ? M : M extends { readonly other: infer O extends string } ? O : never

/** The parameters that a message takes: `{count}` is a number, others are texts or numbers. */
export type Parameters<M> = {
  readonly [Name in Placeholders<TextOf<M>> | (M extends string ? never : 'count')]: Name extends 'count'
    ? number
    : string | number
}
