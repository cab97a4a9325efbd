import { createFakeClock } from '@parley/testkit/fake-clock'
import { SignJWT, UnsecuredJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { createAuthenticator } from './create-authenticator.ts'

const SECRET = 'b3JhbmdlcyBhbmQgbGVtb25zLCBzYXkgdGhlIGJlbGxz'
const OTHER = 'aGVyZSBjb21lcyBhIGNhbmRsZSB0byBsaWdodCB5b3Ug'
const ANN = { userId: 'u-1', name: 'Ann', room: 'k7fp2m9xqd4w', role: 'host' }
const keyOf = (secret: string): Uint8Array => new TextEncoder().encode(secret)

function setUp(secrets: readonly string[] = [SECRET]) {
  const clock = createFakeClock()
  const nowS = Math.floor(clock.now() / 1000)
  const claims = { sub: 'u-1', name: 'Ann', iat: nowS, exp: nowS + 60 }
  return { clock, claims, authenticator: createAuthenticator({ secrets, clock }) }
}

describe('a token', () => {
  test('gives back what was signed', async () => {
    const { authenticator, clock } = setUp()
    const { token, expiresIn, expiresAt } = await authenticator.signGuest(ANN)
    expect(expiresIn).toBe(3600)
    expect(await authenticator.verify(token)).toEqual({
      ...ANN,
      kind: 'guest',
      expiresAt,
      issuedAt: expiresAt - 3_600_000,
      tokenId: expect.stringMatching(/^sha256:.{43}$/),
      avatar: null,
      roles: [],
    })
    expect(expiresAt - clock.now()).toBeLessThanOrEqual(3_600_000)
  })

  test('has exactly the promised claims, signed with HS256', async () => {
    const { authenticator } = setUp()
    const [header, payload] = (await authenticator.signGuest(ANN)).token
      .split('.')
      .slice(0, 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()))
    expect(header).toEqual({ alg: 'HS256', typ: 'JWT' })
    expect(payload).toEqual({
      iss: 'urn:parley:guest',
      sub: 'u-1',
      name: 'Ann',
      room: ANN.room,
      role: 'host',
      iat: payload.iat,
      exp: payload.iat + 3600,
    })
  })

  test('without a room has no room claim', async () => {
    const { authenticator } = setUp()
    const { token } = await authenticator.signGuest({ ...ANN, room: null, role: null })
    expect(await authenticator.verify(token)).toMatchObject({ room: null, role: null })
  })

  test('ends after an hour', async () => {
    const { authenticator, clock } = setUp()
    const { token } = await authenticator.signGuest(ANN)
    await clock.advance(3_599_000)
    await expect(authenticator.verify(token)).resolves.toMatchObject({ userId: 'u-1' })
    await clock.advance(2_000)
    await expect(authenticator.verify(token)).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' })
  })
})

describe('refused', () => {
  const refused = { code: 'UNAUTHENTICATED' }

  test('an unsigned token', async () => {
    const { authenticator, claims } = setUp()
    await expect(authenticator.verify(new UnsecuredJWT(claims).encode())).rejects.toMatchObject(refused)
  })

  test.each(['HS384', 'HS512'])('%s, with the right secret', async (alg) => {
    const { authenticator, claims } = setUp()
    const token = await new SignJWT(claims).setProtectedHeader({ alg }).sign(keyOf(SECRET.repeat(2)))
    const same = createAuthenticator({ secrets: [SECRET.repeat(2)], clock: createFakeClock() })
    await expect(same.verify(token)).rejects.toMatchObject(refused)
    await expect(authenticator.verify(token)).rejects.toMatchObject(refused)
  })

  test('an extension that nobody here knows, and a time that has not come', async () => {
    const { authenticator, claims } = setUp()
    const header = { alg: 'HS256', crit: ['urn:unknown'], 'urn:unknown': true }
    const critical = await new SignJWT(claims)
      .setProtectedHeader(header)
      .sign(keyOf(SECRET), { crit: { 'urn:unknown': true } })
    await expect(authenticator.verify(critical)).rejects.toMatchObject(refused)
    const early = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256' })
      .setNotBefore(claims.exp)
      .sign(keyOf(SECRET))
    await expect(authenticator.verify(early)).rejects.toMatchObject(refused)
  })

  test('a token that brings or names a key of its own', async () => {
    const { authenticator, claims } = setUp()
    const jwk = { kty: 'oct', k: Buffer.from(OTHER).toString('base64url') }
    for (const more of [{ jwk }, { kid: '/dev/null' }, { jku: 'https://evil.example/keys' }]) {
      const token = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', ...more }).sign(keyOf(OTHER))
      await expect(authenticator.verify(token)).rejects.toMatchObject(refused)
    }
  })

  test('another secret', async () => {
    const { authenticator, claims } = setUp()
    const token = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(keyOf(OTHER))
    await expect(authenticator.verify(token)).rejects.toMatchObject(refused)
  })

  test('a changed payload', async () => {
    const { authenticator } = setUp()
    const [header, payload = '', signature] = (await authenticator.signGuest(ANN)).token.split('.')
    const changed = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), sub: 'u-2' }
    const token = [header, Buffer.from(JSON.stringify(changed)).toString('base64url'), signature].join('.')
    await expect(authenticator.verify(token)).rejects.toMatchObject(refused)
  })

  test.each([
    ['no subject', { sub: undefined }],
    ['neither end nor beginning', { exp: undefined, iat: undefined }],
    ['a subject that no client could show', { sub: 'a\u0000b' }],
    ['the subject of those who were deleted', { sub: 'deleted-user' }],
    ['a beginning in the future', { iat: 9_999_999_999 }],
    ['a very long subject', { sub: 'x'.repeat(200) }],
    ['a start in the future', { nbf: 9_999_999_999 }],
  ])('a well signed token with %s', async (_why, changed) => {
    const { authenticator, claims } = setUp()
    const token = await new SignJWT({ ...claims, ...changed } as Record<string, unknown>)
      .setProtectedHeader({ alg: 'HS256' })
      .sign(keyOf(SECRET))
    await expect(authenticator.verify(token)).rejects.toMatchObject(refused)
  })

  test.each(['', 'x', 'a.b.c', '..', `${'x'.repeat(9000)}.y.z`])('what is no token: %.20s', async (token) => {
    const { authenticator } = setUp()
    await expect(authenticator.verify(token)).rejects.toMatchObject(refused)
  })
})

test('a token that is taken back while the site is asked is refused', async () => {
  const { clock, claims } = setUp()
  const asked = Promise.withResolvers<void>()
  const answer = Promise.withResolvers<boolean>()
  let isTakenBack = false
  const authenticator = createAuthenticator({
    secrets: [SECRET],
    clock,
    revocations: { isRevoked: () => isTakenBack, onChanged: () => () => undefined },
    site: {
      accepts() {
        asked.resolve()
        return answer.promise
      },
    },
  })
  const token = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(keyOf(SECRET))
  const verifying = authenticator.verify(token)
  await asked.promise
  isTakenBack = true
  answer.resolve(true)
  await expect(verifying).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
})

describe('rotation', () => {
  test('tokens of the old secret go on, and new ones are signed with the new', async () => {
    const old = await setUp([OTHER]).authenticator.signGuest(ANN)
    const { authenticator } = setUp([SECRET, OTHER])
    await expect(authenticator.verify(old.token)).resolves.toMatchObject({ userId: 'u-1' })
    const fresh = await authenticator.signGuest(ANN)
    await expect(setUp([SECRET]).authenticator.verify(fresh.token)).resolves.toMatchObject({ userId: 'u-1' })
    await expect(setUp([OTHER]).authenticator.verify(fresh.token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  test('an expired token of the old secret is expired, not unknown', async () => {
    const { authenticator, clock } = setUp([SECRET, OTHER])
    const old = await createAuthenticator({ secrets: [OTHER], clock }).signGuest(ANN)
    await clock.advance(3_601_000)
    await expect(authenticator.verify(old.token)).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' })
  })
})

describe('a token that was good before', () => {
  test('lends nothing to one that differs from it in its signature alone', async () => {
    const { authenticator } = setUp()
    const { token } = await authenticator.signGuest(ANN)
    await authenticator.verify(token)
    const [header, payload] = token.split('.')
    const { token: another } = await authenticator.signGuest({ ...ANN, userId: 'u-2' })
    const forged = `${header}.${payload}.${another.split('.')[2]}`
    await expect(authenticator.verify(forged)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    expect(await authenticator.verify(token)).toMatchObject({ userId: 'u-1' })
    expect(await authenticator.verify(another)).toMatchObject({ userId: 'u-2' })
  })
})
