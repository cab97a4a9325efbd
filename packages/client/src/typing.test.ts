import { expect, test } from 'vitest'
import { createFakeClock } from './testing/fake-clock.ts'
import { createTypingSender, createTypists } from './typing.ts'

test('keystrokes are told every 3 s at most, and taken back 4 s after the last', async () => {
  const clock = createFakeClock()
  const told: string[] = []
  const startedAt = clock.now()
  const typing = createTypingSender(clock, (isTyping) => told.push(`${clock.now() - startedAt} ${isTyping}`))
  for (let keystroke = 0; keystroke < 10; keystroke += 1) {
    typing.set(true)
    await clock.advance(500)
  }
  await clock.advance(10_000)
  expect(told).toEqual(['0 true', '3000 true', '8500 false'])
  typing.set(false)
  expect(told).toHaveLength(3)
  typing.set(true)
  typing.set(false)
  expect(told.slice(3)).toEqual(['15000 true', '15000 false'])
  typing.set(true)
  typing.forget()
  await clock.advance(10_000)
  expect(told).toHaveLength(6)
})

test('somebody of whom nothing is heard for 6 s has stopped', async () => {
  const clock = createFakeClock()
  let changes = 0
  const typists = createTypists(clock, () => {
    changes += 1
  })
  typists.started({ userId: 'u2', name: 'Bo' })
  const list = typists.list()
  await clock.advance(5000)
  typists.started({ userId: 'u2', name: 'Bo' })
  expect(typists.list()).toBe(list)
  await clock.advance(5999)
  expect(typists.list()).toEqual([{ userId: 'u2', name: 'Bo' }])
  await clock.advance(1)
  expect(typists.list()).toEqual([])
  expect(changes).toBe(2)
  typists.started({ userId: 'u3', name: 'Cy' })
  typists.stopped('u3')
  typists.stopped('u3')
  expect(typists.list()).toEqual([])
  expect(clock.pending).toBe(0)
})
