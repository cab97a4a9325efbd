import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createAnnouncer } from './announcer.ts'

const words = {
  message: (name: string, content: string) => `${name}: ${content}`,
  messages: (count: number) => `${count} new messages`,
}

describe('createAnnouncer', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('reads out one or two messages and only counts more', () => {
    const said: string[] = []
    const announcer = createAnnouncer(
      (text) => said.push(text),
      () => words,
    )
    announcer.hear('Anna', 'hello')
    vi.advanceTimersByTime(2000)
    announcer.hear('Anna', 'one')
    announcer.hear('Bo', 'two')
    vi.advanceTimersByTime(2000)
    for (const content of ['a', 'b', 'c']) announcer.hear('Cy', content)
    vi.advanceTimersByTime(2000)
    expect(said).toEqual(['Anna: hello', 'Anna: one. Bo: two', '3 new messages'])
  })

  it('says nothing after it was stopped', () => {
    const said: string[] = []
    const announcer = createAnnouncer(
      (text) => said.push(text),
      () => words,
    )
    announcer.hear('Anna', 'hello')
    announcer.stop()
    vi.advanceTimersByTime(5000)
    expect(said).toEqual([])
  })
})
