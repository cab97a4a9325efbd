import { type LinkPart, splitLinks } from './linkify.ts'

export type InlinePart = LinkPart | { readonly type: 'code'; readonly text: string }

export type TextBlock =
  | { readonly type: 'text'; readonly parts: readonly InlinePart[] }
  /** A fenced block, shown as it is; `language` only says what the writer put behind the fence. */
  | { readonly type: 'code'; readonly text: string; readonly language: string }

const FENCED = /(?:^|\n)```([\w+#.-]*)[^\S\n]*\n([\s\S]*?)\n?```(?=\n|$)/g
const INLINE_CODE = /(`{1,2})(?!`)([^\n]+?)(?<!`)\1(?!`)/g

/** What a message is made of: words, links and code. Nothing in it is ever taken for markup. */
export function parseRichText(content: string): TextBlock[] {
  const blocks: TextBlock[] = []
  let end = 0
  const pushText = (text: string) => {
    if (text.trim() !== '') blocks.push({ type: 'text', parts: parseInline(text) })
  }
  for (const match of content.matchAll(FENCED)) {
    pushText(content.slice(end, match.index))
    blocks.push({ type: 'code', text: match[2] ?? '', language: match[1] ?? '' })
    end = match.index + match[0].length
    if (content[end] === '\n') end += 1
  }
  pushText(content.slice(end))
  return blocks
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
