import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createCallUi } from './call-ui.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

it('reactions rise and go by themselves, and never pile up', () => {
  const ui = createCallUi()
  for (let index = 0; index < 40; index++) ui.float('ann', '👏')
  expect(ui.getState().reactions).toHaveLength(12)
  vi.advanceTimersByTime(5000)
  expect(ui.getState().reactions).toEqual([])
  ui.close()
})
