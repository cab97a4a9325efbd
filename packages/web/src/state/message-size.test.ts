import { describe, expect, it } from 'vitest'
import { bigEmojiCount, characterCount, excerptOf, foldedText } from './message-size.ts'

describe('foldedText', () => {
  it('leaves 12 lines and 1,200 characters whole', () => {
    expect(foldedText(Array.from({ length: 12 }, () => 'line').join('\n'))).toBeNull()
    expect(foldedText('x'.repeat(1200))).toBeNull()
  })

  it('keeps the first 12 lines of more', () => {
    expect(foldedText(Array.from({ length: 13 }, (_, line) => `${line}`).join('\n'))?.split('\n')).toHaveLength(12)
  })

  it('keeps 1,200 characters and cuts none in two', () => {
    const folded = foldedText('👩‍👩‍👧'.repeat(300))
    expect(folded?.length).toBeLessThanOrEqual(1200)
    expect(folded?.replaceAll('👩‍👩‍👧', '')).toBe('')
  })

  it('closes a code block that it cuts', () => {
    expect(foldedText(`\`\`\`\n${'code\n'.repeat(30)}\`\`\``)).toMatch(/code\n```$/)
  })
})

describe('bigEmojiCount', () => {
  it.each([
    ['👍', 1],
    ['👩‍👩‍👧 🇸🇪', 2],
    ['❤️❤', 2],
    ['🎉🎉🎉🎉🎉🎉', 6],
  ])('counts %s', (content, count) => {
    expect(bigEmojiCount(content)).toBe(count)
  })

  it.each(['', '👍 ok', '7', '#', '🎉'.repeat(7), 'a'.repeat(4000)])('is 0 for %s', (content) => {
    expect(bigEmojiCount(content)).toBe(0)
  })
})

describe('characterCount', () => {
  it('counts an emoji outside the basic plane once', () => {
    expect(characterCount('a😀é')).toBe(3)
  })
})

describe('excerptOf', () => {
  it('is one line, with an ellipsis when cut', () => {
    expect(excerptOf(' a\n\n b ')).toBe('a b')
    expect(excerptOf('word '.repeat(100), 9)).toBe('word word…')
  })

  it('says what is in a code block, not its fence', () => {
    expect(excerptOf('```ts\nlet a\n```')).toBe('let a')
  })
})
