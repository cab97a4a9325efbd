import { expect, it } from 'vitest'
import { asciiDigits } from './ascii-digits.ts'

it.each([
  ['12', '12'],
  ['٠١٢٣٤٥٦٧٨٩', '0123456789'],
  ['۰۱۲۳۴۵۶۷۸۹', '0123456789'],
  ['१२', '12'],
  ['𝟎𝟗𝟘𝟡', '0909'],
  ['-1.5 x', '15'],
])('%s is %s', (typed, digits) => {
  expect(asciiDigits(typed)).toBe(digits)
})
