import { expect, test } from 'vitest'
import { createOwnSpeaking } from './own-speaking.ts'

function setUp() {
  const told: string[] = []
  const inVain: boolean[] = []
  const speaking = createOwnSpeaking({
    onSpeaking: (isSpeaking) => told.push(isSpeaking ? 'speaks' : 'stops'),
    onTalkingWhileMuted: (isTalking) => inVain.push(isTalking),
  })
  let now = 1000
  /** The level holds for so long. */
  const hear = (level: number, ms: number, state: { isMuted?: boolean; isTransmitting?: boolean } = {}): void => {
    for (const end = now + ms; now < end; now += 30) {
      speaking.hear(level, now, { isMuted: false, isTransmitting: true, ...state })
    }
  }
  return { hear, inVain, told }
}

test('tells when we begin and when we stop, not every pause', () => {
  const { hear, told } = setUp()
  hear(0.1, 500)
  hear(0.6, 900)
  hear(0.1, 300)
  hear(0.6, 900)
  hear(0.1, 2000)
  expect(told).toEqual(['speaks', 'stops'])
})

test('what is not sent is not speaking', () => {
  const { hear, told } = setUp()
  hear(0.9, 2000, { isTransmitting: false })
  expect(told).toEqual([])
})

test('stays within the server’s limit, however it goes on and off', () => {
  const { hear, told } = setUp()
  for (let round = 0; round < 30; round += 1) {
    hear(0.9, 60)
    hear(0, 60, { isTransmitting: false })
  }
  expect(told.length).toBeLessThanOrEqual(6)
})

test('says that we talk while muted, for speech and not for a rustle, and stops when we unmute', () => {
  const { hear, inVain } = setUp()
  const muted = { isMuted: true, isTransmitting: false }
  hear(0.6, 200, muted)
  hear(0.1, 5000, muted)
  expect(inVain).toEqual([])
  hear(0.6, 600, muted)
  expect(inVain).toEqual([true])
  hear(0.6, 60)
  expect(inVain).toEqual([true, false])
})
