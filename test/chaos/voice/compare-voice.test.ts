import { expect, it } from 'vitest'
import { compareVoice } from './compare-voice.ts'

const people = [
  { userId: 'ann', wish: { isIn: true, muted: true, hand: true } },
  { userId: 'bob', wish: { isIn: true, muted: false, hand: false } },
  { userId: 'cem', wish: { isIn: false, muted: true, hand: false } },
]
const ann = { userId: 'ann', muted: true, hand: true }
const bob = { userId: 'bob', muted: false, hand: false }
const found = (...seen: Parameters<typeof compareVoice>[2][number]['seen'][number][]): number =>
  compareVoice('room', people, [{ name: 'dan', way: 'messenger', seen }]).length

it('finds nothing where everybody is shown as they are, in whatever order, on a wire without hands too', () => {
  expect(found(bob, ann)).toBe(0)
  expect(found({ ...ann, hand: null }, { ...bob, hand: null })).toBe(0)
})

it('finds whoever is missing, is a ghost, or is shown otherwise than they are', () => {
  expect(found(ann)).toBe(1)
  expect(found()).toBe(1)
  expect(found(ann, bob, { userId: 'cem', muted: true, hand: false })).toBe(1)
  expect(found(ann, { ...bob, muted: true })).toBe(1)
  expect(found({ ...ann, hand: false }, bob)).toBe(1)
})

it('says who shows what, and what there is', () => {
  expect(compareVoice('room', people, [{ name: 'dan', way: 'messenger', seen: [bob] }])).toEqual([
    'dan (messenger) shows in the voice of room: bob; and there is: ann muted hand up, bob',
  ])
})
