import { expect, it } from 'vitest'
import { createTerminal } from './terminal.ts'

it('shows lines in place of those before, and goes on below what was printed meanwhile', () => {
  let out = ''
  let error = ''
  const terminal = createTerminal(
    { isTTY: true, columns: 4, write: (text) => (out += text) },
    { write: (text) => (error += text) },
  )
  terminal.show(['a', 'b'])
  terminal.show(['c wraps'])
  terminal.note('beside')
  terminal.show(['d'])
  expect(out).toBe('a\nb\n\x1b[2A\x1b[Jc wr\nd\n')
  expect(error).toBe('beside\n')
  expect(terminal.isLive).toBe(true)
})
