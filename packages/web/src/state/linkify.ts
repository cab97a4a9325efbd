export type LinkPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'link'; readonly text: string; readonly href: string }

const CANDIDATE = /(?:https?:\/\/|mailto:|www\.)[^\s<>"`]+/giu
const TRAILING = new Set(".,;:!?'’”»…*_~،؛؟。、")
const CLOSERS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' }

/**
 * Finds the web and mail addresses in a text. Punctuation that ends the sentence and brackets around the address
 * stay outside. Anything but http, https and mailto stays text, and so does an address that hides its host
 * behind a user name (`https://bank.example@evil.example`).
 */
export function splitLinks(text: string): LinkPart[] {
  const parts: LinkPart[] = []
  let end = 0
  const push = (until: number) => {
    if (until > end) parts.push({ type: 'text', text: text.slice(end, until) })
  }
  for (const match of text.matchAll(CANDIDATE)) {
    // A word that merely ends in one of the schemes, such as `xhttps://`, is no address.
    if (/[\p{L}\p{N}]$/u.test(text.slice(Math.max(0, match.index - 2), match.index))) continue
    const shown = withoutTail(match[0])
    const href = safeHref(shown)
    if (href === null) continue
    push(match.index)
    parts.push({ type: 'link', text: shown, href })
    end = match.index + shown.length
  }
  push(text.length)
  return parts
}

/** In one pass: whoever writes ten thousand brackets may not keep a page busy. */
function withoutTail(candidate: string): string {
  const surplus = new Map<string, number>()
  for (const [closer, opener] of Object.entries(CLOSERS)) {
    surplus.set(closer, candidate.split(closer).length - candidate.split(opener).length)
  }
  let end = candidate.length
  for (;;) {
    const last = candidate.charAt(end - 1)
    const unbalanced = surplus.get(last) ?? 0
    if (unbalanced > 0) surplus.set(last, unbalanced - 1)
    else if (!TRAILING.has(last)) return candidate.slice(0, end)
    end -= 1
  }
}

function safeHref(address: string): string | null {
  const url = URL.parse(/^www\./i.test(address) ? `https://${address}` : address)
  if (url === null) return null
  if (url.protocol === 'mailto:') return url.pathname.includes('@') ? url.href : null
  const isWeb = url.protocol === 'http:' || url.protocol === 'https:'
  return isWeb && url.username === '' && url.password === '' ? url.href : null
}
