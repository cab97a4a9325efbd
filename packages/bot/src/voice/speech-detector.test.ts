import { expect, it } from 'vitest'
import { createSpeechDetector, meterOf } from './speech-detector.ts'
import { levelOf } from './spoken-track.ts'

const loud = { belowFullDb: 20, isVoice: true }
const silent = { belowFullDb: 127, isVoice: false }

it('hears the beginning of speech in a few packets, and its end after a pause', () => {
  const speech = createSpeechDetector()
  expect(speech.isSpeaking(0)).toBe(false)
  for (let atMs = 0; atMs < 500; atMs += 20) speech.hear(loud, atMs)
  expect(speech.isSpeaking(500)).toBe(true)
  expect(speech.levelDb(500)).toBeCloseTo(20, 0)
  for (let atMs = 500; atMs < 800; atMs += 20) speech.hear(silent, atMs)
  // A pause between words.
  expect(speech.isSpeaking(800)).toBe(true)
  for (let atMs = 800; atMs < 2000; atMs += 20) speech.hear(silent, atMs)
  expect(speech.isSpeaking(2000)).toBe(false)
})

it('takes one click for no speech, and packets that stop for silence', () => {
  const speech = createSpeechDetector()
  speech.hear({ belowFullDb: 45, isVoice: true }, 0)
  expect(speech.isSpeaking(1)).toBe(false)
  for (let atMs = 0; atMs < 500; atMs += 20) speech.hear(loud, atMs)
  expect(speech.levelDb(1000)).toBe(127)
  expect(speech.isSpeaking(1000)).toBe(false)
})

it('maps levels on a meter', () => {
  expect([127, 60, 35, 10, 0].map(meterOf)).toEqual([0, 0, 0.5, 1, 1])
})

it('knows how loud samples are', () => {
  expect(levelOf(new Float32Array(960))).toEqual({ belowFullDb: 127, isVoice: false })
  expect(levelOf(new Float32Array(960).fill(1))).toEqual({ belowFullDb: 0, isVoice: true })
  expect(levelOf(new Float32Array(960).fill(0.1))).toEqual({ belowFullDb: 20, isVoice: true })
  expect(levelOf(new Float32Array(0))).toEqual({ belowFullDb: 127, isVoice: false })
})
