import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { formatCountdown, formatDuration, formatNumber, formatTime } from './format.ts'
import { applyLanguage } from './locale.ts'
import { fillIn } from './text.ts'

beforeAll(() => {
  vi.stubGlobal('navigator', { languages: ['sv', 'en-GB'] })
})
afterAll(() => {
  vi.unstubAllGlobals()
})

describe('formatCountdown', () => {
  it.each([
    [0, '0:00'],
    [-5000, '0:00'],
    [1, '0:01'],
    [59_000, '0:59'],
    [245_000, '4:05'],
    [3_845_000, '1:04:05'],
  ])('%i ms is %s', (leftMs, shown) => {
    expect(formatCountdown(leftMs)).toBe(shown)
  })
})

describe('formatDuration', () => {
  it.each([
    [0, '0 seconds'],
    [45_000, '45 seconds'],
    [61_000, '2 minutes'],
    [20_000, '20 seconds'],
    [25 * 60_000, '25 minutes'],
    [60 * 60_000, '1 hour'],
    [90 * 60_000, '90 minutes'],
    [120 * 60_000, '2 hours'],
    [150 * 60_000, '2 hours 30 minutes'],
  ])('%i ms is %s', (durationMs, shown) => {
    expect(formatDuration(durationMs)).toBe(shown)
  })
})

describe('formatTime', () => {
  it('follows the region that the browser prefers for the language of the page', () => {
    expect(formatTime(new Date(2026, 0, 1, 14, 5).getTime())).toBe('14:05')
  })
})

describe('digits in Arabic', () => {
  afterEach(async () => {
    await applyLanguage('en')
    vi.stubGlobal('navigator', { languages: ['sv', 'en-GB'] })
  })

  it.each([
    ['ar-EG', '٤:٠٥', '١١', /^[٠-٩]/],
    ['ar-MA', '4:05', '11', /^[0-9]/],
  ])('are of one kind in all that is said in %s', async (tag, clock, number, time) => {
    vi.stubGlobal('navigator', { languages: [tag] })
    vi.stubGlobal('document', { documentElement: {} })
    await applyLanguage('ar')
    expect(formatCountdown(245_000)).toBe(clock)
    expect(formatNumber(11)).toBe(number)
    expect(fillIn('ar', '{count}', { count: 11 })).toBe(number)
    expect(formatTime(new Date(2026, 0, 1, 14, 5).getTime())).toMatch(time)
  })
})
