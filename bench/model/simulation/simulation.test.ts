import { describe, expect, test } from 'vitest'
import { profileOf } from '../profile.ts'
import { simulateBackground } from './simulate-background.ts'
import { simulateTraffic } from './simulate-traffic.ts'

describe('many nodes', () => {
  test('hear of a message, a receipt and of typing where somebody follows the conversation, and nowhere else', async () => {
    const conversations = [2, 8, 40].map((members) => ({ members, shareOfOpen: 1 / 3, shareOfMessages: 1 / 3 }))
    const profile = profileOf(1, { conversations })
    const samples = [6, 3, 1]
    for (const nodes of [3, 1_000_000]) {
      const { sizes } = await simulateTraffic({ profile, nodes, seed: 7, samples, messagesEach: 3 })
      for (const { members, heardOf, holding, mostHeard, mostSessions, told, toldHeard, contactSessions } of sizes) {
        const what = `${members} members on ${nodes} nodes, seed 7`
        expect(heardOf, what).toEqual({ message: holding, receipt: holding, typing: holding })
        expect(mostHeard, what).toBeLessThanOrEqual(mostSessions)
        // They came and went: each contact is told both times, and themselves; who is connected hears it.
        expect(told, what).toBe(2 * members)
        expect(toldHeard, what).toBeLessThanOrEqual(2 * (contactSessions + 1))
      }
    }
  })

  test('ask for the same each, and a deadline makes them ask for no more, however many they are', async () => {
    const [few, many] = [await simulateBackground(2, 5), await simulateBackground(20, 5)]
    expect(many.sweepsPerNode).toBeCloseTo(few.sweepsPerNode, 6)
    expect(many.looksPerNode).toBeCloseTo(few.looksPerNode, 6)
    expect(many.deadlines).toBe(few.deadlines)
    expect(many.looksPerDeadline).toBeLessThanOrEqual(few.looksPerDeadline + 1)
  })
})
