import { expect, test } from 'vitest'
import { createIdSource } from './id-source.ts'

test('room ids are 12 characters of Crockford base32', () => {
  const ids = createIdSource()
  for (let i = 0; i < 1000; i += 1) expect(ids.roomId()).toMatch(/^[0-9a-hjkmnp-tv-z]{12}$/)
})

test('ids do not repeat', () => {
  const ids = createIdSource()
  const made = new Set(Array.from({ length: 10_000 }, () => ids.roomId()))
  expect(made.size).toBe(10_000)
})

test('message ids sort by the time of their making', () => {
  let now = 1_700_000_000_000
  const ids = createIdSource(() => now)
  const made = Array.from({ length: 100 }, () => {
    now += 7
    return ids.messageId()
  })
  expect([...made].sort()).toEqual(made)
  expect(new Set(made.map((id) => id.length))).toEqual(new Set([26]))
})

test('two people have one direct conversation, whoever of them opens it', () => {
  const ids = createIdSource()
  expect(ids.directId('ann', 'bob')).toBe(ids.directId('bob', 'ann'))
  expect(ids.directId('ann', 'bob')).not.toBe(ids.directId('ann', 'bobby'))
  expect(ids.directId('a', 'b","c')).not.toBe(ids.directId('a","b', 'c'))
})
