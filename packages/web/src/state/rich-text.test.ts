import { describe, expect, it } from 'vitest'
import { parseRichText } from './rich-text.ts'

describe('parseRichText', () => {
  it('leaves plain words alone', () => {
    expect(parseRichText('one\ntwo')).toEqual([{ type: 'text', parts: [{ type: 'text', text: 'one\ntwo' }] }])
  })

  it('takes fenced lines for code, with what stands around them', () => {
    expect(parseRichText('before\n```ts\nconst a = `b`\n\nlet c\n```\nafter')).toEqual([
      { type: 'text', parts: [{ type: 'text', text: 'before' }] },
      { type: 'code', text: 'const a = `b`\n\nlet c', language: 'ts' },
      { type: 'text', parts: [{ type: 'text', text: 'after' }] },
    ])
  })

  it('keeps a fence that is never closed as words', () => {
    const content = '```\nno end'
    expect(parseRichText(content)).toEqual([{ type: 'text', parts: [{ type: 'text', text: content }] }])
  })

  it('finds code in a line and links around it, but none inside it', () => {
    expect(parseRichText('run `curl https://a.example` or see https://b.example')).toEqual([
      {
        type: 'text',
        parts: [
          { type: 'text', text: 'run ' },
          { type: 'code', text: 'curl https://a.example' },
          { type: 'text', text: ' or see ' },
          { type: 'link', text: 'https://b.example', href: 'https://b.example/' },
        ],
      },
    ])
  })

  it('never reads markup', () => {
    expect(parseRichText('<img src=x onerror=alert(1)>')).toEqual([
      { type: 'text', parts: [{ type: 'text', text: '<img src=x onerror=alert(1)>' }] },
    ])
  })

  // Taking each again from the start would take minutes: a message of somebody who wants that must not stop the page.
  it.each([
    ['brackets', `http://a${')'.repeat(300_000)}`],
    ['dots', `http://a${'.'.repeat(300_000)}x`],
    ['brackets and dots', `http://a${'.)'.repeat(150_000)}`],
    ['fences that never close', '```a\n'.repeat(60_000)],
    ['fences that close once', `\n\`\`\`\nx\n\`\`\`\n${'```a\n'.repeat(60_000)}`],
  ])('takes %s in one pass', (_what, content) => {
    expect(parseRichText(content).length).toBeGreaterThan(0)
  })
})
