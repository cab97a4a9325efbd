import { type LinkPart, splitLinks } from './linkify.ts'

export type InlinePart = LinkPart | { readonly type: 'code'; readonly text: string }

export type TextBlock =
  | { readonly type: 'text'; readonly parts: readonly InlinePart[] }
  /** A fenced block, shown as it is; `language` only says what the writer put behind the fence. */
  | { readonly type: 'code'; readonly text: string; readonly language: string }

const OPENING_FENCE = /(?:^|\n)```([\w+#.-]*)[^\S\n]*\n/g
const CLOSING_FENCE = /\n?```(?=\n|$)/g
const INLINE_CODE = /(`{1,2})(?!`)([^\n]+?)(?<!`)\1(?!`)/g

/** What a message is made of: words, links and code. Nothing in it is ever taken for markup. */
export function parseRichText(content: string): TextBlock[] {
  const blocks: TextBlock[] = []
  let end = 0
  const pushText = (text: string) => {
    if (text.trim() !== '') blocks.push({ type: 'text', parts: parseInline(text) })
  }
  for (let from = 0; ; ) {
    const opening = find(OPENING_FENCE, content, from)
    if (opening === null) break
    const start = opening.index + opening[0].length
    const closing = find(CLOSING_FENCE, content, start)
    // When this block has no end, no later one has.
    if (closing === null) break
    pushText(content.slice(end, opening.index))
    blocks.push({ type: 'code', text: content.slice(start, closing.index), language: opening[1] ?? '' })
    from = closing.index + closing[0].length
    end = content[from] === '\n' ? from + 1 : from
  }
  pushText(content.slice(end))
  return blocks
}

function find(pattern: RegExp, text: string, from: number): RegExpExecArray | null {
  pattern.lastIndex = from
  return pattern.exec(text)
}

function parseInline(text: string): InlinePart[] {
  const parts: InlinePart[] = []
  let end = 0
  for (const match of text.matchAll(INLINE_CODE)) {
    parts.push(...splitLinks(text.slice(end, match.index)), { type: 'code', text: match[2] ?? '' })
    end = match.index + match[0].length
  }
  parts.push(...splitLinks(text.slice(end)))
  return parts
}
