import type { Addressed } from '@parley/core'
import { createFakeClock } from '@parley/testkit/fake-clock'
import { expect, test } from 'vitest'
import { createAuthenticator } from './create-authenticator.ts'
import type { Revocation, RevocationStore } from './revocation-store.ts'
import { openRevocations } from './revocations.ts'

const SECRET = 'b3JhbmdlcyBhbmQgbGVtb25zLCBzYXkgdGhlIGJlbGxz'
const FOREVER = Number.MAX_SAFE_INTEGER

/** Two processes that share a store, as over a database. */
async function setUp() {
  const clock = createFakeClock()
  const kept: Revocation[] = []
  const state = { isAway: false, hasBus: true }
  const store: RevocationStore = {
    add: async (revocation) => void kept.push(revocation),
    list: async (_now, since) => {
      if (state.isAway) throw new Error('away')
      return { revocations: kept.slice(since ?? 0), at: kept.length }
    },
  }
  const addressed: Addressed[] = []
  const listeners: { readonly userId: string; readonly hear: (one: Addressed) => void }[] = []
  const reports: unknown[] = []
  const parts = {
    store,
    clock,
    bus: {
      publishToUsers: (one: Addressed) => {
        addressed.push(one)
        if (state.hasBus) for (const { userId, hear } of listeners) if (one.userIds.includes(userId)) hear(one)
      },
      subscribeUser: (userId: string, hear: (one: Addressed) => void) => {
        listeners.push({ userId, hear })
        return () => undefined
      },
    },
    report: (error: unknown) => reports.push(error),
  }
  const open = async () => {
    const revocations = await openRevocations(parts)
    return { revocations, authenticator: createAuthenticator({ secrets: [SECRET], clock, revocations }) }
  }
  const here = await open()
  const sign = async (userId: string) =>
    (await here.authenticator.signGuest({ userId, name: 'Ann', room: null, role: null })).token
  return { clock, state, addressed, reports, open, here, there: await open(), sign }
}

const taken = { code: 'UNAUTHENTICATED' }

test('all tokens of a user that were issued before end, and those issued later are good', async () => {
  const { clock, addressed, here, sign } = await setUp()
  const [old, other] = [await sign('ann'), await sign('bo')]
  const identity = await here.authenticator.verify(old)
  await here.revocations.revoke({ userId: 'ann', tokenId: null, issuedBefore: clock.now(), until: FOREVER })
  await expect(here.authenticator.verify(old)).rejects.toMatchObject(taken)
  expect(here.authenticator.isRevoked(identity)).toBe(true)
  await expect(here.authenticator.verify(other)).resolves.toMatchObject({ userId: 'bo' })
  await clock.advance(1_000)
  await expect(here.authenticator.verify(await sign('ann'))).resolves.toMatchObject({ userId: 'ann' })
  expect(addressed).toMatchObject([
    { userIds: ['ann', expect.any(String)], event: { type: 'access.revoked', tokenId: null } },
  ])
})

test('one token ends, and the user goes on with others', async () => {
  const { clock, here, sign } = await setUp()
  const one = await sign('ann')
  await clock.advance(1_000)
  const other = await sign('ann')
  const { tokenId } = await here.authenticator.inspect(one)
  await here.revocations.revoke({ userId: 'ann', tokenId, issuedBefore: null, until: FOREVER })
  await expect(here.authenticator.verify(one)).rejects.toMatchObject(taken)
  await expect(here.authenticator.inspect(one)).resolves.toMatchObject({ userId: 'ann' })
  await expect(here.authenticator.verify(other)).resolves.toMatchObject({ userId: 'ann' })
})

test('it reaches other processes at once where the bus does', async () => {
  const { clock, here, there, sign } = await setUp()
  const [one, other] = [await sign('ann'), await sign('bo')]
  await here.revocations.revoke({ userId: 'ann', tokenId: null, issuedBefore: clock.now(), until: FOREVER })
  const { tokenId } = await here.authenticator.inspect(other)
  await here.revocations.revoke({ userId: null, tokenId, issuedBefore: null, until: FOREVER })
  await clock.advance(0)
  for (const token of [one, other]) await expect(there.authenticator.verify(token)).rejects.toMatchObject(taken)
})

test('it reaches other processes within seconds where the bus does not, and those that start later', async () => {
  const { clock, state, here, there, open, sign } = await setUp()
  state.hasBus = false
  const token = await sign('ann')
  let told = 0
  const stop = there.authenticator.onRevoked(() => (told += 1))
  await here.revocations.revoke({ userId: 'ann', tokenId: null, issuedBefore: clock.now(), until: FOREVER })
  await expect(there.authenticator.verify(token)).resolves.toMatchObject({ userId: 'ann' })
  await clock.advance(3_000)
  await expect(there.authenticator.verify(token)).rejects.toMatchObject(taken)
  expect(told).toBe(1)
  await clock.advance(9_000)
  expect(told).toBe(1)
  stop()
  await expect((await open()).authenticator.verify(token)).rejects.toMatchObject(taken)
})

test('while the store is away what was known holds, and then the rest comes', async () => {
  const { clock, state, reports, here, there, sign } = await setUp()
  state.hasBus = false
  const [one, two] = [await sign('ann'), await sign('bo')]
  await here.revocations.revoke({ userId: 'ann', tokenId: null, issuedBefore: clock.now(), until: FOREVER })
  await clock.advance(3_000)
  state.isAway = true
  await here.revocations.revoke({ userId: 'bo', tokenId: null, issuedBefore: clock.now(), until: FOREVER })
  await clock.advance(3_000)
  expect(reports.length).toBeGreaterThan(0)
  await expect(there.authenticator.verify(one)).rejects.toMatchObject(taken)
  await expect(there.authenticator.verify(two)).resolves.toMatchObject({ userId: 'bo' })
  state.isAway = false
  await clock.advance(3_000)
  await expect(there.authenticator.verify(two)).rejects.toMatchObject(taken)
})
