import { expect, it } from 'vitest'
import { keepText, writeObject } from './written-json.ts'

it('writes as JSON does', () => {
  const fields = { 'a "b"': 'c\n\ud800"', n: 1, no: null, not: undefined, list: [{}, [1]], deep: { x: 'é' } }
  expect(writeObject(fields)).toBe(JSON.stringify(fields))
  expect(writeObject({})).toBe('{}')
  expect(writeObject({ nothing: undefined })).toBe('{}')
})

it('takes what was written before as it was, by the very value', () => {
  const room = keepText({ id: 1 }, '{"id":"written"}')
  expect(writeObject({ room, copy: { ...room } })).toBe('{"room":{"id":"written"},"copy":{"id":1}}')
})
