import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createVoiceNews } from './voice-news.ts'

const named = (...names: readonly string[]) => names.map((name) => ({ userId: name, name }))

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function setUp() {
  const said: string[] = []
  const news = createVoiceNews(
    (words) => said.push(words),
    () => ({ joined: (names) => `+${names.join()}`, left: (names) => `-${names.join()}` }),
  )
  return { news, said }
}

it('says nothing of those whom one found, and gathers who comes and goes', () => {
  const { news, said } = setUp()
  news.see(named('Ann'))
  vi.advanceTimersByTime(5000)
  expect(said).toEqual([])
  news.see(named('Ann', 'Bob'))
  news.see(named('Bob', 'Cleo'))
  vi.advanceTimersByTime(2000)
  expect(said).toEqual(['+Bob,Cleo -Ann'])
})

it('keeps quiet about who drops and is back at once', () => {
  const { news, said } = setUp()
  news.see(named('Ann', 'Bob'))
  news.see(named('Ann'))
  news.see(named('Ann', 'Bob'))
  vi.advanceTimersByTime(5000)
  expect(said).toEqual([])
})

it('says nothing any more once stopped', () => {
  const { news, said } = setUp()
  news.see([])
  news.see(named('Ann'))
  news.stop()
  vi.advanceTimersByTime(5000)
  expect(said).toEqual([])
})
