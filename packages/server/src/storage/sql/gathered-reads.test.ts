import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { gatherReads } from './gathered-reads.ts'

it('reads at once for all who ask in one turn, and gives each their own', async () => {
  const reads: (readonly number[])[] = []
  const read = gatherReads<number, string>(async (asked) => {
    reads.push(asked)
    return asked.map((number) => `${number}`)
  })
  const early = [read(1), Promise.resolve().then(() => read(2))]
  expect(await Promise.all(early)).toEqual(['1', '2'])
  const many = Array.from({ length: 300 }, (_, number) => read(number))
  expect(await Promise.all(many)).toEqual(many.map((_, number) => `${number}`))
  expect(reads.map(({ length }) => length)).toEqual([2, 256, 44])
})

it('tells all of them of a failure, and reads again for whoever asks then', async () => {
  let isAway = true
  const read = gatherReads<string, string>(async (asked) => {
    await nextTurn()
    if (isAway) throw new Error('away')
    return asked
  })
  const refused = await Promise.allSettled([read('one'), read('two')])
  expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  isAway = false
  expect(await read('one')).toBe('one')
})
