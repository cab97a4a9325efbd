import type { Published } from '@parley/core'
import { expect, it } from 'vitest'
import { startPositionWatch } from './position-watch.ts'

type Positions = Awaited<ReturnType<Parameters<typeof startPositionWatch>[0]['positions']>>

/** A watch over these conversations, on a store whose answers the test gives. */
function watch(conversations: readonly string[], answer: () => Promise<Positions>, intervalMs = 5) {
  const told: Published[] = []
  const asked: string[][] = []
  const reported: unknown[] = []
  let begin: (id: string) => void = () => undefined
  const watching = startPositionWatch({
    bus: {
      conversations: () => conversations,
      tellHere: (published) => void told.push(published),
      onListening(listener) {
        begin = listener
      },
      onNews: () => undefined,
    },
    positions: (ids) => {
      asked.push([...ids])
      return answer()
    },
    isCarrying: () => true,
    now: () => 7,
    report: (error) => reported.push(error),
    intervalMs,
  })
  return { told, asked, reported, listening: (id: string) => begin(id), ...watching }
}

const advanced = (conversationId: string, upTo: number | null, epoch?: string): Published => ({
  event: { type: 'conversation.advanced', conversationId, at: 7, upTo, ...(epoch !== undefined && { epoch }) },
  audience: { kind: 'topic' },
  exceptSession: null,
})

it('tells how far conversations are, and which are gone, again and again; of what it can not know it is silent', async () => {
  const positions: Positions = new Map([
    ['tea', { epoch: 'first', rev: 4 }],
    ['gone', null],
  ])
  await using watching = watch(['tea', 'gone', 'away'], async () => positions)
  await expect.poll(() => watching.told.length).toBeGreaterThanOrEqual(4)
  expect(watching.asked[0]).toEqual(['tea', 'gone', 'away'])
  expect(watching.told.slice(0, 4)).toEqual([
    advanced('tea', 4, 'first'),
    advanced('gone', null),
    advanced('tea', 4, 'first'),
    advanced('gone', null),
  ])
})

it('looks together, and at once, at conversations that begin to be listened to', async () => {
  await using watching = watch([], async () => new Map([['b', { epoch: 'e', rev: 1 }]]), 60_000)
  for (const id of ['a', 'b', 'b', 'c']) watching.listening(id)
  await expect.poll(() => watching.told).toEqual([advanced('b', 1, 'e')])
  expect(watching.asked).toEqual([['a', 'b', 'c']])
})

it('asks in portions, and goes on after a failure', async () => {
  const many = Array.from({ length: 501 }, (_, index) => `c${index}`)
  let calls = 0
  await using watching = watch(many, async () => {
    calls += 1
    if (calls === 1) throw new Error('not now')
    return new Map()
  })
  await expect.poll(() => watching.asked.length).toBeGreaterThanOrEqual(3)
  expect(watching.reported).toEqual([new Error('not now')])
  expect(watching.asked.slice(1, 3).map((ids) => ids.length)).toEqual([500, 1])
})
