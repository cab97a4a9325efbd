import { expect, test } from 'vitest'
import { createVoiceGate } from './voice-gate.ts'

/** Levels, one every 100 ms; tells when the gate was open. */
function run(levels: readonly number[]): string {
  const gate = createVoiceGate(() => ({ threshold: 0.5, releaseMs: 300 }))
  return levels.map((level, index) => (gate.hear(level, index * 100) ? 'o' : '.')).join('')
}

test('opens at the first loud moment and stays open over the pauses between words', () => {
  expect(run([0.1, 0.6, 0.1, 0.1, 0.1, 0.6, 0.1, 0.1, 0.1, 0.1, 0.1])).toBe('.oooooooo..')
})

test('what almost reaches the threshold does not open it, but keeps it open', () => {
  expect(run([0.47, 0.47, 0.5, 0.47, 0.47, 0.47, 0.47, 0.44, 0.44, 0.44, 0.44])).toBe('..oooooooo.')
})

test('closed by hand, it opens with the next loud moment', () => {
  const gate = createVoiceGate(() => ({ threshold: 0.5, releaseMs: 300 }))
  gate.hear(1, 0)
  gate.close()
  expect(gate.isOpen).toBe(false)
  expect(gate.hear(0.1, 10)).toBe(false)
  expect(gate.hear(0.9, 20)).toBe(true)
})
