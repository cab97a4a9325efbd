import { describe, expect, test } from 'vitest'
import { cleanName, nameKey, PERSON_NAME, ROOM_NAME, requireName } from './name-rules.ts'

describe('a name as it is shown', () => {
  test.each([
    ['is trimmed and on one line', '  Ann \t\n  Smith ', 'Ann Smith'],
    ['is composed (NFC)', 'Ame\u0301lie', 'Amélie'],
    ['has no control characters', 'An\u0000n\u001b[31m', 'Ann[31m'],
    ['has no bidi overrides and isolates', '\u202Enna\u202C \u2066x\u2069', 'nna x'],
    ['has no zero-width characters', 'A\u200Bn\u2060n\uFEFF', 'Ann'],
    ['has no letters that are blank', 'A\u3164n\u115Fn', 'Ann'],
    ['has no joiners between letters that do not join', 'A\u200Dn\u200Cn', 'Ann'],
    ['has no halves of characters', 'An\ud800n', 'An\ufffdn'],
    [
      'keeps the joiner inside an emoji',
      'Fam \u{1F468}\u200D\u{1F469}\u200D\u{1F467}',
      'Fam \u{1F468}\u200D\u{1F469}\u200D\u{1F467}',
    ],
    [
      'keeps the joiner after a skin tone',
      '\u{1F44B}\u{1F3FD}\u200D\u2642\uFE0F Al',
      '\u{1F44B}\u{1F3FD}\u200D\u2642\uFE0F Al',
    ],
    ['keeps the non-joiner inside Persian', 'می\u200Cخواهم', 'می\u200Cخواهم'],
    ['keeps the joiner inside Devanagari', 'क्\u200Dष', 'क्\u200Dष'],
    [
      'keeps the flag of Scotland',
      '\u{1F3F4}\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F} Al',
      '\u{1F3F4}\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F} Al',
    ],
    ['has no hidden tags elsewhere', 'A\u{E0067}nn', 'Ann'],
    ['keeps markup as the plain text it is', '<b>Ann</b>', '<b>Ann</b>'],
  ])('%s', (_rule, typed, shown) => {
    expect(cleanName(typed)).toBe(shown)
  })

  test('stays as it is when cleaned again', () => {
    for (const typed of [
      'A\u200D\u200Dn',
      'e\u200B\u0301e',
      '\u{1F468}\u200D\u200B\u{1F469}',
      'م\u200C\u200Cم',
      ' \u200B a',
    ]) {
      expect(cleanName(cleanName(typed))).toBe(cleanName(typed))
    }
  })
})

describe('the length of a name', () => {
  test('counts code points of what is shown', () => {
    expect(requireName('\u{1F600}\u{1F600}', 'name', PERSON_NAME)).toBe('\u{1F600}\u{1F600}')
    expect(requireName('x'.repeat(50), 'name', PERSON_NAME)).toHaveLength(50)
    expect(requireName('x', 'name', ROOM_NAME)).toBe('x')
  })

  test.each(['', ' ', 'x', ' x ', 'x\u200B', '\u0301\u0301\u0301', 'x'.repeat(51)])(
    '%j is refused for a person',
    (typed) => {
      expect(() => requireName(typed, 'hostName', PERSON_NAME)).toThrow(
        expect.objectContaining({
          code: 'VALIDATION_FAILED',
          details: { errors: [{ path: 'hostName', message: 'must have 2 to 50 visible characters' }] },
        }),
      )
    },
  )
})

describe('two names', () => {
  test.each([
    ['Ann', 'ANN'],
    ['Ann', 'Ａｎｎ'],
    ['ﬁnn', 'Finn'],
    ['ÅSA', 'åsa'],
    ['Åsa', 'A\u030Asa'],
    ['\u2764\uFE0F Al', '\u2764 al'],
  ])('%s and %s are the same', (a, b) => {
    expect(nameKey(cleanName(a))).toBe(nameKey(cleanName(b)))
  })

  test('that read differently are different', () => {
    expect(nameKey('Ann')).not.toBe(nameKey('Anna'))
    expect(nameKey('José')).not.toBe(nameKey('Jose'))
  })
})
