import { expect, it } from 'vitest'
import type { Identity } from './authenticator.ts'
import { VerifiedTokens } from './verified-tokens.ts'

const identity = (userId: string): Identity => ({
  ...{ kind: 'user', userId, name: userId, room: null, role: null, avatar: null, roles: [] },
  ...{ expiresAt: 1, issuedAt: 0, tokenId: userId },
})

it('forgets those not seen for the longest time, and never keeps more than its bound', () => {
  const tokens = new VerifiedTokens()
  for (let index = 0; index < 20_000; index += 1) tokens.add(`hash-${index}`, identity(`user-${index}`))
  expect(tokens.get('hash-0')).toMatchObject({ userId: 'user-0' })
  tokens.add('new', identity('new'))
  expect(tokens.get('hash-1')).toBeUndefined()
  expect(tokens.get('hash-0')).toMatchObject({ userId: 'user-0' })
  expect(tokens.get('new')).toMatchObject({ userId: 'new' })
})
