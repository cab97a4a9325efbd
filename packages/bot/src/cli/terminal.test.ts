import { expect, it } from 'vitest'
import { createTerminal } from './terminal.ts'

it('shows lines in place of those before, and goes on below what was printed meanwhile', () => {
  let out = ''
  let error = ''
  const terminal = createTerminal({ isTTY: true, write: (text) => (out += text) }, { write: (text) => (error += text) })
  terminal.show(['a', 'b'])
  terminal.show(['c'])
  terminal.note('beside')
  terminal.show(['d'])
  expect(out).toBe('a\nb\n\x1b[2A\x1b[Jc\nd\n')
  expect(error).toBe('beside\n')
  expect(terminal.isLive).toBe(true)
})
