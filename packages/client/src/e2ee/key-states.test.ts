import { expect, test } from 'vitest'
import { createKeyStates } from './key-states.ts'

test('a person without our key is told once, not for a frame or two, and again when they have it', () => {
  const told: string[] = []
  const states = createKeyStates((userId, state) => told.push(`${userId} ${state}`))
  for (let frame = 0; frame < 9; frame += 1) states.refused('bo')
  states.opened('bo')
  for (let frame = 0; frame < 9; frame += 1) states.refused('bo')
  expect(told).toEqual(['bo ok'])
  for (let frame = 0; frame < 50; frame += 1) states.refused('bo')
  expect(told).toEqual(['bo ok', 'bo missing-key'])
  states.opened('bo')
  states.opened('bo')
  expect(told).toEqual(['bo ok', 'bo missing-key', 'bo ok'])
})
