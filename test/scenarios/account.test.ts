import { expect, it } from 'vitest'
import { openAccount } from './account.ts'
import type { Change } from './chat-line.ts'

const change = (rev: number): Change => ({
  conversationId: 'c',
  rev,
  said: { id: `id-${rev}`, text: `text ${rev}` },
})

it('an account finds what is told twice, out of order, or not at all', () => {
  const account = openAccount({ epoch: 'e', rev: 3 })
  account.take(change(4))
  account.takeAnswer(change(5))
  account.take(change(6))
  expect(account.position.rev).toBe(6)
  expect(account.faults()).toEqual([])

  account.take(change(6))
  account.take(change(9))
  account.take(change(8))
  expect(account.position.rev).toBe(6)
  expect(account.faults()).toEqual([
    '6 was told after 6',
    '8 was told after 9',
    '7 was passed over',
    '8 was passed over',
  ])
  // A new line tells again what came after the place from which there is a hole.
  account.onNewLine()
  for (const rev of [7, 8, 9]) account.take(change(rev))
  expect(account.position.rev).toBe(9)
  expect(account.faults()).toHaveLength(4)
  expect(account.said().map(({ id }) => id)).toEqual([4, 5, 6, 7, 8, 9].map((rev) => `id-${rev}`))
})
