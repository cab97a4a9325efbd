import { expect, it } from 'vitest'
import { cameraFailureWords, screenFailureWords, voiceFailureWords } from './voice-failure-words.ts'

it('where there is no room for more video, neither the camera nor the browser is blamed', () => {
  expect(voiceFailureWords('MEDIA_CAPACITY')).toBe('errorCapacity')
  expect(cameraFailureWords('MEDIA_CAPACITY')).toBe('errorVideoCapacity')
  expect(screenFailureWords('MEDIA_CAPACITY')).toBe('errorVideoCapacity')
})

it.each(['FORBIDDEN', 'UNAVAILABLE'] as const)('a camera that is not given (%s) is told with what to do', (code) => {
  expect(cameraFailureWords(code)).toBe('cameraFailed')
})

it.each(['RATE_LIMITED', 'NOT_IN_ROOM', 'INTERNAL'] as const)(
  'what the server refuses (%s) has its own words',
  (code) => {
    expect(cameraFailureWords(code)).toBe(voiceFailureWords(code))
    expect(screenFailureWords(code)).toBe(voiceFailureWords(code))
  },
)
