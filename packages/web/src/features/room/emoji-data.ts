import englishUrl from 'emojibase-data/en/data.json?url'
import swedishUrl from 'emojibase-data/sv/data.json?url'
import { text } from '../../i18n/text.ts'

/** What the picker needs of an emoji, and what the data says about it. */
interface SourceEmoji {
  readonly emoji: string
  readonly label: string
  readonly group?: number
  readonly subgroup?: number
  readonly version: number
  readonly tags?: readonly string[]
  readonly skins?: readonly { readonly emoji: string; readonly tone: number | readonly number[] }[]
}

/** Newer ones are boxes on devices that are a few years old. */
const NEWEST_VERSION = 15.1
const TONES = ['light', 'medium-light', 'medium', 'medium-dark', 'dark'] as const
/** The data's groups; 2 holds parts of emoji and is left out. */
const GROUPS = [
  [0, 'room.emojiSmileys'],
  [1, 'room.emojiPeople'],
  [3, 'room.emojiAnimals'],
  [4, 'room.emojiFood'],
  [5, 'room.emojiTravel'],
  [6, 'room.emojiActivities'],
  [7, 'room.emojiObjects'],
  [8, 'room.emojiSymbols'],
  [9, 'room.emojiFlags'],
] as const

/** The emoji with names and search words, from this server. Where the language has no list, the English one serves. */
export async function loadEmojiData(locale: string) {
  const answer = await fetch(locale === 'sv' ? swedishUrl : englishUrl)
  if (!answer.ok) throw new Error(`The emoji list answered ${answer.status}.`)
  const source: readonly SourceEmoji[] = await answer.json()
  return {
    locale,
    categories: GROUPS.map(([index, key]) => ({ index, label: text(key) })),
    skinTones: { light: '', 'medium-light': '', medium: '', 'medium-dark': '', dark: '' },
    emojis: source.flatMap((one) =>
      one.group === undefined || one.version > NEWEST_VERSION
        ? []
        : [
            {
              emoji: one.emoji,
              label: one.label,
              category: one.group,
              version: one.version,
              tags: [...(one.tags ?? [])],
              skins: skinsOf(one),
            },
          ],
    ),
  }
}

function skinsOf({ skins, emoji }: SourceEmoji): Record<(typeof TONES)[number], string> | undefined {
  if (skins === undefined) return undefined
  const inTone = (tone: number) => skins.find((skin) => skin.tone === tone)?.emoji ?? emoji
  return { light: inTone(1), 'medium-light': inTone(2), medium: inTone(3), 'medium-dark': inTone(4), dark: inTone(5) }
}
