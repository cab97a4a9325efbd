import { describe, expect, it } from 'vitest'
import { splitLinks } from './linkify.ts'

const links = (text: string) => splitLinks(text).flatMap((part) => (part.type === 'link' ? [part.href] : []))

describe('splitLinks', () => {
  it('keeps every character of the text', () => {
    const text = 'See https://example.org/a?b=c#d, (www.example.com) or mailto:a@b.example. Bye'
    expect(
      splitLinks(text)
        .map((part) => part.text)
        .join(''),
    ).toBe(text)
  })

  it.each([
    ['https://example.org.', 'https://example.org/'],
    ['(https://example.org/a)', 'https://example.org/a'],
    ['https://en.wikipedia.org/wiki/A_(b)', 'https://en.wikipedia.org/wiki/A_(b)'],
    ['(see https://en.wikipedia.org/wiki/A_(b)).', 'https://en.wikipedia.org/wiki/A_(b)'],
    ['https://example.org/a?!', 'https://example.org/a'],
    ['«https://example.org/é»', 'https://example.org/%C3%A9'],
    ['HTTPS://EXAMPLE.ORG', 'https://example.org/'],
    ['www.example.org/x', 'https://www.example.org/x'],
    ['http://localhost:3010/r/k7fp', 'http://localhost:3010/r/k7fp'],
    ['رابط https://example.org، شكرا', 'https://example.org/'],
    ['mailto:anna@example.org', 'mailto:anna@example.org'],
  ])('finds the address in %s', (text, href) => {
    expect(links(text)).toEqual([href])
  })

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'ftp://example.org',
    'https://bank.example@evil.example/',
    'xhttps://example.org',
    'mailto:nobody',
    'https://',
    'plain words, nothing else',
  ])('leaves %s as text', (text) => {
    expect(splitLinks(text)).toEqual([{ type: 'text', text }])
  })

  it('never makes a link out of markup', () => {
    expect(links('<a href="https://example.org" onclick="x()">y</a>')).toEqual(['https://example.org/'])
  })

  it('finds several addresses in one text', () => {
    expect(links('https://a.example https://b.example')).toEqual(['https://a.example/', 'https://b.example/'])
  })
})
