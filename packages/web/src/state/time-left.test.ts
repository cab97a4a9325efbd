import { describe, expect, it } from 'vitest'
import { extensionChoices, timeLeftAt } from './time-left.ts'

const minutes = (count: number) => count * 60_000

describe('timeLeftAt', () => {
  it.each([
    [minutes(5) + 1, 'calm'],
    [minutes(5), 'soon'],
    [minutes(1) + 1, 'soon'],
    [minutes(1), 'last'],
    [0, 'last'],
  ] as const)('says how urgent %d ms are', (leftMs, urgency) => {
    expect(timeLeftAt(1_000_000 + leftMs, 1_000_000)).toMatchObject({ leftMs, urgency })
  })

  it('never goes below zero', () => {
    expect(timeLeftAt(1000, 5000).leftMs).toBe(0)
  })

  it('asks to be looked at each minute while calm, and each second at the end', () => {
    expect(timeLeftAt(minutes(30) + 1500, 0).changesInMs).toBe(1500)
    expect(timeLeftAt(minutes(2) + 300, 0).changesInMs).toBe(300)
    expect(timeLeftAt(minutes(2), 0).changesInMs).toBe(1000)
  })
})

describe('extensionChoices', () => {
  it('offers the steps that fit', () => {
    expect(extensionChoices(0, minutes(60))).toEqual([15, 30, 60])
  })

  it('offers what is left when no step fits, and nothing at the end', () => {
    expect(extensionChoices(0, minutes(7) + 59_000)).toEqual([7])
    expect(extensionChoices(0, 59_000)).toEqual([])
  })
})
