import { expect, test } from 'vitest'
import { createApiKeys } from './api-keys.ts'

const keys = createApiKeys([
  { key: 'k-one', scopes: ['messages'] },
  { key: 'k-two', scopes: ['users', 'revoke'] },
])

test('a key is good for its scopes', () => {
  expect([...(keys.scopesOf('k-one') ?? [])]).toEqual(['messages'])
  expect([...(keys.scopesOf('k-two') ?? [])]).toEqual(['users', 'revoke'])
})

test.each(['', 'k-on', 'k-one ', 'K-ONE', 'k-three'])('"%s" is no key', (key) => {
  expect(keys.scopesOf(key)).toBeNull()
})

test('without keys there is none that is good', () => {
  expect(createApiKeys([]).scopesOf('')).toBeNull()
})
