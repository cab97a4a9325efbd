import { describe, expect, it } from 'vitest'
import { avatarColour, initialsOf } from './avatar.tsx'

describe('initialsOf', () => {
  it.each([
    ['Maja Lind', 'ML'],
    ['maja', 'M'],
    ['Ana Maria da Silva', 'AS'],
    ['  نور  الدين ', 'نا'],
    ['👩‍👩‍👧 Family', '👩‍👩‍👧F'],
    ['', ''],
  ])('%j becomes %j', (name, initials) => {
    expect(initialsOf(name)).toBe(initials)
  })
})

describe('avatarColour', () => {
  it('is stable per person and uses every colour', () => {
    expect(avatarColour('guest-1')).toBe(avatarColour('guest-1'))
    const colours = new Set(Array.from({ length: 200 }, (_, index) => avatarColour(`guest-${index}`)))
    expect(colours.size).toBe(8)
  })
})
