import { expect, it } from 'vitest'
import { PacedLooks } from './paced-looks.ts'

it('looks at so many together, and again at those alone where it failed', async () => {
  let together = 0
  let most = 0
  const looked: number[] = []
  const reported: unknown[] = []
  let isBroken = true
  const looks = new PacedLooks<number>({
    atOnce: 4,
    report: (error) => reported.push(error),
    async lookAt(key) {
      together += 1
      most = Math.max(most, together)
      await new Promise((resolve) => setImmediate(resolve))
      together -= 1
      looked.push(key)
      if (key === 2 && isBroken) {
        isBroken = false
        throw new Error('away')
      }
    },
  })
  for (const key of [1, 2, 3, 4, 5]) looks.look(key)
  await expect.poll(() => looked.length).toBe(6)
  expect(looked.toSorted()).toEqual([1, 2, 2, 3, 4, 5])
  expect(most).toBe(4)
  expect(reported).toEqual([new Error('away')])
})
