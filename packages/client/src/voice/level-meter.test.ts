import { expect, test } from 'vitest'
import { levelOf } from './level-meter.ts'

const tone = (amplitude: number): Float32Array =>
  Float32Array.from({ length: 4800 }, (_, index) => amplitude * Math.sin((2 * Math.PI * 440 * index) / 48_000))

test('silence is 0, and each step of 6 dB is the same to it', () => {
  expect(levelOf(new Float32Array(1024))).toBe(0)
  expect(levelOf(tone(0.0001))).toBe(0)
  const steps = [1, 0.5, 0.25, 0.125].map((amplitude) => levelOf(tone(amplitude)))
  expect(steps[0]).toBeCloseTo(0.95, 2)
  for (const [index, level] of steps.slice(1).entries()) expect((steps[index] ?? 0) - level).toBeCloseTo(0.1, 2)
})

test('is never beyond 1', () => {
  expect(levelOf(new Float32Array(8).fill(4))).toBe(1)
})
