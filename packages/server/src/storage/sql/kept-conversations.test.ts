import type { ConversationState, Member } from '@parley/core'
import { expect, test } from 'vitest'
import { KeptConversations } from './kept-conversations.ts'

function stateOf(people: number): ConversationState {
  const members = new Map(Array.from({ length: people }, (_, at) => [`${at}`, {} as Member]))
  return { members } as unknown as ConversationState
}

test('what was kept first makes room', () => {
  const kept = new KeptConversations(30)
  kept.keep('a', stateOf(10))
  kept.keep('b', stateOf(10))
  expect(kept.get('a')).toBeDefined()
  kept.keep('c', stateOf(10))
  expect([kept.get('a'), kept.get('b')]).toEqual([undefined, expect.anything()])
})

test('what is kept anew is not counted twice', () => {
  const kept = new KeptConversations(30)
  kept.keep('a', stateOf(10))
  for (let n = 0; n < 5; n += 1) kept.keep('b', stateOf(n))
  expect(kept.get('a')).toBeDefined()
})

test('conversations that nobody is in have a bound too', () => {
  const kept = new KeptConversations(1000)
  for (let n = 0; n < 1000; n += 1) kept.keep(`${n}`, stateOf(0))
  const left = Array.from({ length: 1000 }, (_, n) => kept.get(`${n}`)).filter(Boolean)
  expect(left.length).toBeGreaterThan(0)
  expect(left.length).toBeLessThanOrEqual(250)
  expect(kept.get('999')).toBeDefined()
})
