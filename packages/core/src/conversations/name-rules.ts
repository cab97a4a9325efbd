import { refusals } from './refusals.ts'

export const PERSON_NAME = { min: 2, max: 50 } as const
export const ROOM_NAME = { min: 1, max: 80 } as const

/**
 * Joiners that shape what is written: between emoji that form one, and within scripts whose letters join.
 * Anywhere else they are invisible and only make two names look alike.
 */
const joinedEmoji = /(?<=\p{Extended_Pictographic}|\p{Emoji_Modifier}|\uFE0F)\u200D(?=\p{Extended_Pictographic})/u
const joiningLetter =
  '[[\\p{scx=Arab}\\p{scx=Syrc}\\p{scx=Thaa}\\p{scx=Nkoo}\\p{scx=Mong}\\p{scx=Deva}\\p{scx=Beng}\\p{scx=Guru}\\p{scx=Gujr}\\p{scx=Orya}\\p{scx=Taml}\\p{scx=Telu}\\p{scx=Knda}\\p{scx=Mlym}\\p{scx=Sinh}\\p{scx=Khmr}\\p{scx=Mymr}]--[\\u200C\\u200D]]'
const joinedLetters = new RegExp(`(?<=${joiningLetter})[\\u200C\\u200D](?=${joiningLetter})`, 'v')
const presentationSelector = /(?<=\p{Extended_Pictographic}|\p{Emoji})[\uFE0E\uFE0F]/u
/** The letters of a flag such as Scotland's. */
const flagTags =
  /(?<=\u{1F3F4}[\u{E0061}-\u{E007A}\u{E0030}-\u{E0039}]*)[\u{E0030}-\u{E0039}\u{E0061}-\u{E007A}\u{E007F}]/u
const kept = [joinedEmoji, joinedLetters, presentationSelector, flagTags].map((rule) => rule.source).join('|')

/** Every kept invisible character, or (captured) one to take out: controls, bidi controls, zero-width and blank ones. */
const invisible = new RegExp(
  `(?:${kept})|([\\p{Cc}\\p{Default_Ignorable_Code_Point}\\u2028\\u2029\\u{FFF9}-\\u{FFFB}])`,
  'gv',
)
const whiteSpace = /\s+/gu
const visible = /[\p{L}\p{N}\p{P}\p{S}]/u
const plainAscii = /^[\x20-\x7e]*$/

/** A name as it is shown to others: NFC, one line, without characters that hide or reorder text. */
export function cleanName(raw: string): string {
  if (plainAscii.test(raw)) return raw.trim().replace(whiteSpace, ' ')
  const oneLine = raw.toWellFormed().normalize('NFC').replace(whiteSpace, ' ')
  return oneLine
    .replace(invisible, (match, removed: string | undefined) => (removed === undefined ? match : ''))
    .replace(whiteSpace, ' ')
    .trim()
    .normalize('NFC')
}

/** What two names are compared by: those that read the same have the same key. */
export function nameKey(name: string): string {
  if (plainAscii.test(name)) return name.toLowerCase()
  return name
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toLowerCase()
    .normalize('NFKC')
}

/** Cleans and checks a name. Throws `VALIDATION_FAILED` about `path`; lengths are in code points. */
export function requireName(raw: string, path: string, length: { readonly min: number; readonly max: number }): string {
  const name = cleanName(raw)
  const codePoints = [...name].length
  if (codePoints < length.min || codePoints > length.max || !visible.test(name)) {
    throw refusals.invalid(path, `must have ${length.min} to ${length.max} visible characters`)
  }
  return name
}

/** Throws `NAME_TAKEN` when somebody else among `others` has this name. */
export function requireFreeName(
  name: string,
  path: string,
  userId: string,
  others: Iterable<{ readonly userId: string; readonly name: string }>,
): void {
  const key = nameKey(name)
  for (const other of others) {
    if (other.userId !== userId && nameKey(other.name) === key) throw refusals.nameTaken(path)
  }
}
