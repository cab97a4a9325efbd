const MAX_LINES = 12
const MAX_CHARACTERS = 1200
const MAX_BIG_EMOJI = 6

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
const EMOJI = /^(?:\p{RGI_Emoji}|\p{Extended_Pictographic}\uFE0F?)$/v

/**
 * The beginning of a message that is too long to stand in the conversation whole (over 12 lines or 1,200
 * characters); `null` when it is not. Never cuts a character in two.
 */
export function foldedText(content: string): string | null {
  const lines = content.split('\n')
  if (lines.length <= MAX_LINES && content.length <= MAX_CHARACTERS) return null
  const head = lines.slice(0, MAX_LINES).join('\n')
  if (head.length <= MAX_CHARACTERS) return closedFence(head)
  const cut = graphemes.segment(head).containing(MAX_CHARACTERS)?.index ?? MAX_CHARACTERS
  return closedFence(head.slice(0, cut))
}

/** A code block that was cut off is shown as code all the same. */
const closedFence = (text: string): string => ((text.match(/^```/gm)?.length ?? 0) % 2 === 1 ? `${text}\n\`\`\`` : text)

/** How many emoji a message is made of when it is made of nothing else and few enough to be shown large; else 0. */
export function bigEmojiCount(content: string): number {
  if (content.length > 80) return 0
  const shown = [...graphemes.segment(content)].map(({ segment }) => segment).filter((segment) => segment.trim() !== '')
  return shown.length <= MAX_BIG_EMOJI && shown.every((segment) => EMOJI.test(segment)) ? shown.length : 0
}

/** How many characters a person would count: what the limit of 4,000 is about. */
export function characterCount(content: string): number {
  let count = 0
  for (const _ of content) count += 1
  return count
}

/** One line of a message, for quotes and announcements. */
export function excerptOf(content: string, maxCharacters = 140): string {
  const line = content
    .replace(/^```[\w+#.-]*$/gm, '')
    .replace(/\s+/g, ' ')
    .trim()
  if (line.length <= maxCharacters) return line
  const cut = graphemes.segment(line).containing(maxCharacters)?.index ?? maxCharacters
  return `${line.slice(0, cut).trimEnd()}…`
}
