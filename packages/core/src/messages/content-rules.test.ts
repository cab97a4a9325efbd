import { describe, expect, test } from 'vitest'
import { cleanContent, isReaction } from './content-rules.ts'

describe('content', () => {
  test.each(['  spaces stay ', 'lines\n\tstay', '<script>', '\u202Ertl', '\u{1F468}\u200D\u{1F469}'])(
    '%j keeps its characters',
    (content) => {
      expect(cleanContent(content)).toBe(content)
    },
  )

  test('loses NUL and halves of characters', () => {
    expect(cleanContent('a\0b\ud83d')).toBe('ab\ufffd')
  })

  test('of nothing but NUL is refused', () => {
    expect(() => cleanContent('\0\0')).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }))
  })
})

describe('a reaction', () => {
  test.each(['👍', '❤️', '👍🏽', '👩‍👩‍👧‍👦', '🇸🇪', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', '1️⃣', '✓', '?'])('may be %s', (emoji) => {
    expect(isReaction(emoji)).toBe(true)
  })

  test.each([
    '',
    ' ',
    'ok',
    '👍👍',
    'a b',
    '\0',
    '\u202E',
    '\u200D',
    '\ud83d',
    '\uE000',
    '\u0301',
    `a${'\u0301'.repeat(20)}`,
    `👍${'\u200D👍'.repeat(40)}`,
  ])('may not be %j', (emoji) => {
    expect(isReaction(emoji)).toBe(false)
  })
})
