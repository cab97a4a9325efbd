import { expect, test } from 'vitest'
import { ParleyError } from '../parley-error.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { createVoiceLeave } from './voice-leave.ts'

function setUp(...answers: (string | null)[]) {
  const clock = createFakeClock()
  let asked = 0
  const leave = createVoiceLeave({
    clock,
    random: () => 0.5,
    async send() {
      const code = answers[asked] ?? null
      asked += 1
      if (code !== null) throw new ParleyError(code as ParleyError['code'], 'No.')
    },
  })
  return { clock, leave, asked: () => asked }
}

test('what is refused for the moment is said again until it is taken', async () => {
  const { clock, leave, asked } = setUp('UNAVAILABLE', 'UNAVAILABLE', 'RATE_LIMITED')
  await leave.say()
  expect(asked()).toBe(1)
  await clock.advance(60_000)
  expect(asked()).toBe(4)
})

test('what is refused for good is not', async () => {
  const { clock, leave, asked } = setUp('NOT_IN_ROOM')
  await leave.say()
  await clock.advance(60_000)
  expect(asked()).toBe(1)
})

test('who is in voice again, or lost the line, has not left', async () => {
  const { clock, leave, asked } = setUp('UNAVAILABLE', 'UNAVAILABLE')
  const saying = leave.say()
  leave.stop()
  await saying
  await clock.advance(60_000)
  expect(asked()).toBe(1)
})
