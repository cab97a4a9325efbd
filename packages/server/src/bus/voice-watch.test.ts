import type { Published } from '@parley/core'
import { expect, it } from 'vitest'
import { startVoiceWatch } from './voice-watch.ts'

type Versions = ReadonlyMap<string, number>

/** A watch over these conversations, on a store whose answers the test gives. */
function watch(conversations: readonly string[], answer: () => Versions, intervalMs = 5) {
  const told: Published[] = []
  const reported: unknown[] = []
  let looks = 0
  let begin: (id: string) => void = () => undefined
  const watching = startVoiceWatch({
    bus: {
      conversations: () => conversations,
      tellHere: (published) => void told.push(published),
      onListening(listener) {
        begin = listener
      },
    },
    async versions() {
      looks += 1
      return answer()
    },
    now: () => 7,
    report: (error) => reported.push(error),
    intervalMs,
  })
  const looked = async (): Promise<void> => {
    const before = looks
    // The second begins when what the first one found is told.
    await expect.poll(() => looks).toBeGreaterThanOrEqual(before + 2)
  }
  const take = () => told.splice(0).map(({ event }) => `${event.type} in ${event.conversationId}`)
  return { take, reported, looked, listening: (id: string) => begin(id), ...watching }
}

it('tells of voice that has changed since the last look, once: come about, another, and over', async () => {
  let versions: Versions = new Map()
  await using watching = watch(['tea', 'quiet'], () => versions)
  await watching.looked()
  expect(watching.take()).toEqual([])
  for (const next of [new Map([['tea', 4]]), new Map([['tea', 9]]), new Map<string, number>()]) {
    versions = next
    await watching.looked()
    await watching.looked()
    expect(watching.take()).toEqual(['voice.changed in tea'])
  }
})

it('tells it of those that are listened to again, whatever is known of them', async () => {
  await using watching = watch(['tea'], () => new Map([['tea', 4]]), 60_000)
  for (const _ of ['first', 'again']) {
    watching.listening('tea')
    await expect.poll(watching.take).toEqual(['voice.changed in tea'])
  }
})

it('goes on after a failure, and then tells what it could not', async () => {
  let versions: () => Versions = () => {
    throw new Error('not now')
  }
  await using watching = watch(['tea'], () => versions())
  await expect.poll(() => watching.reported.length).toBeGreaterThan(0)
  expect(watching.reported[0]).toEqual(new Error('not now'))
  versions = () => new Map([['tea', 1]])
  await expect.poll(watching.take).toEqual(['voice.changed in tea'])
})
