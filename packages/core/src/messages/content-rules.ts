import { refusals } from '../conversations/refusals.ts'

/** Content as it is stored: what people wrote, without what is no text at all (NUL, halves of characters). */
export function cleanContent(content: string): string {
  const text = content.isWellFormed() ? content : content.toWellFormed()
  const clean = text.includes('\0') ? text.replaceAll('\0', '') : text
  if (clean === '') throw refusals.invalid('content', 'must not be empty')
  return clean
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })
const emojiLike = /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20E3/u
const refused = /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\s\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\uFEFF]/u
const visible = /[\p{L}\p{N}\p{P}\p{S}]/u
const MAX_PLAIN_CODE_POINTS = 4

/** Whether this may stand under a message as a reaction: one character as people count them, an emoji or a short sign. */
export function isReaction(emoji: string): boolean {
  if (emoji.length > 64 || refused.test(emoji) || !visible.test(emoji)) return false
  if ([...graphemes.segment(emoji)].length !== 1) return false
  return emojiLike.test(emoji) || [...emoji].length <= MAX_PLAIN_CODE_POINTS
}
