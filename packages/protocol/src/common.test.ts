import { expect, test } from 'vitest'
import { anyJson, metadataInput } from './common.ts'

const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels))

test('any JSON is taken as it is', () => {
  const value = { text: 'ok', none: null, list: [1, -0.5, true, { '': [[], {}] }] }
  expect(anyJson.parse(value)).toEqual(value)
  for (const scalar of [null, 'x', 0, false]) expect(anyJson.parse(scalar)).toBe(scalar)
})

test.each([
  ['nothing', undefined],
  ['what is not a number', [Number.NaN]],
  ['what is endless', { a: Number.POSITIVE_INFINITY }],
  ['bytes', { file: Buffer.from('x') }],
  ['a function', [() => 1]],
  ['a date', new Date(0)],
  ['what is nested as deeply as nobody means it', nested(300)],
  ['what is nested deeper than any stack', nested(100_000)],
])('%s is not JSON', (_, value) => {
  expect(anyJson.safeParse(value).success).toBe(false)
})

test('what has more parts than may be sent is not looked through', () => {
  let looked = 0
  const parts = new Proxy(new Array<null>(500_000).fill(null), {
    get(target, key) {
      looked += 1
      return Reflect.get(target, key)
    },
  })
  expect(metadataInput.safeParse({ parts }).success).toBe(false)
  expect(looked).toBeLessThan(100)
  expect(metadataInput.safeParse({ parts: new Array(4000).fill(0) }).success).toBe(true)
})
