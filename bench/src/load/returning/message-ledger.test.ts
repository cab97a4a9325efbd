import { expect, test } from 'vitest'
import { createMessageLedger } from './message-ledger.ts'

test('what is missing, late and doubled is told apart', () => {
  const ledger = createMessageLedger(10)
  for (const number of [9, 10, 11, 14]) ledger.take(number)
  expect(ledger.taken).toBe(3)
  expect(ledger.hasUpTo(11)).toBe(false)
  expect(ledger.take(12)).toBe(true)
  expect(ledger.take(12)).toBe(false)
  expect([ledger.taken, ledger.late, ledger.again]).toEqual([4, 1, 1])
  ledger.take(13)
  expect(ledger.hasUpTo(14)).toBe(true)
  expect(ledger.hasUpTo(15)).toBe(false)
})
