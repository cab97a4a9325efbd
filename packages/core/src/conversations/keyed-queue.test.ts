import { expect, test } from 'vitest'
import { createKeyedQueue } from './keyed-queue.ts'

test('tasks with the same key run one after another, in order, whatever becomes of them', async () => {
  const enqueue = createKeyedQueue()
  const log: string[] = []
  const task = (name: string, fails = false) =>
    enqueue('key', async () => {
      log.push(`${name} starts`)
      await Promise.resolve()
      log.push(`${name} ends`)
      if (fails) throw new Error(name)
      return name
    })
  const results = await Promise.allSettled([task('a'), task('b', true), task('c')])
  expect(log).toEqual(['a starts', 'a ends', 'b starts', 'b ends', 'c starts', 'c ends'])
  expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
})

test('tasks with different keys do not wait for each other', async () => {
  const enqueue = createKeyedQueue()
  const release = Promise.withResolvers<void>()
  const slow = enqueue('a', () => release.promise)
  await expect(enqueue('b', async () => 'done')).resolves.toBe('done')
  release.resolve()
  await slow
})
