import { SAFETY_EMOJI } from '@parley/client/e2ee'
import { expect, it } from 'vitest'
import { safetyWords } from './safety-words.ts'

it.each(['en', 'sv', 'ar'] as const)('has a name of its own for every picture of a safety phrase (%s)', (language) => {
  const { names } = safetyWords[language]
  expect(new Set(names).size).toBe(SAFETY_EMOJI.length)
  expect(names).toHaveLength(SAFETY_EMOJI.length)
})
