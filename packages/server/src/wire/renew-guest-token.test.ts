import { createFakeClock } from '@parley/testkit/fake-clock'
import { expect, test } from 'vitest'
import { createAuthenticator } from '../auth/create-authenticator.ts'
import { renewGuestToken } from './renew-guest-token.ts'

async function setUp() {
  const clock = createFakeClock()
  const authenticator = createAuthenticator({ secrets: ['b3JhbmdlcyBhbmQgbGVtb25zLCBzYXkgdGhlIGJlbGxz'], clock })
  const { token } = await authenticator.signGuest({ userId: 'g', name: 'Gus', room: 'k7fp2m9xqd4w', role: 'host' })
  return { clock, authenticator, session: { identity: await authenticator.verify(token) } }
}

test("a guest's session lasts as long as the new token", async () => {
  const { clock, authenticator, session } = await setUp()
  await clock.advance(1_800_000)
  const { token, expiresAt } = await renewGuestToken({ authenticator }, session)
  expect(session.identity.expiresAt).toBe(expiresAt)
  expect(await authenticator.verify(token)).toMatchObject({ kind: 'guest', userId: 'g', role: 'host', expiresAt })
})

test('users get none: theirs is the site’s to renew', async () => {
  const { authenticator, session } = await setUp()
  const { expiresAt } = session.identity
  const ofUser = { identity: { ...session.identity, kind: 'user' as const } }
  await expect(renewGuestToken({ authenticator }, ofUser)).rejects.toMatchObject({ code: 'FORBIDDEN' })
  expect(ofUser.identity.expiresAt).toBe(expiresAt)
})
