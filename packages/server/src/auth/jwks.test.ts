import { createFakeClock } from '@parley/testkit/fake-clock'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { createAuthenticator } from './create-authenticator.ts'
import { createJwks } from './jwks.ts'
import { openOtherServer } from './other-server-fixture.ts'

const SECRET = 'b3JhbmdlcyBhbmQgbGVtb25zLCBzYXkgdGhlIGJlbGxz'

async function keyPair(alg: string, kid: string | undefined) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const jwk: JWK = { ...(await exportJWK(publicKey)), use: 'sig', alg, ...(kid !== undefined && { kid }) }
  return { alg, kid, privateKey, jwk }
}

/** An identity provider that can be switched off, and a server that trusts it. */
async function setUp(keys: Awaited<ReturnType<typeof keyPair>>[]) {
  const published: { keys: JWK[]; status: number } = { keys: keys.map(({ jwk }) => jwk), status: 200 }
  const provider = await openOtherServer((_request, response) => {
    response.writeHead(published.status, { 'Content-Type': 'application/json' })
    response.end(JSON.stringify({ keys: published.keys }))
  })
  const clock = createFakeClock()
  const reports: unknown[] = []
  const jwks = createJwks({ url: `${provider.url}/keys`, clock, report: (error) => reports.push(error) })
  const options = { secrets: [SECRET], clock, jwks }
  const nowS = Math.floor(clock.now() / 1000)
  const sign = (key: (typeof keys)[number], header: object = {}, claims: object = {}) =>
    new SignJWT({ sub: 'u-1', name: 'Ann', iat: nowS, exp: nowS + 86_400, ...claims })
      .setProtectedHeader({ alg: key.alg, ...(key.kid !== undefined && { kid: key.kid }), ...header })
      .sign(key.privateKey)
  return { published, provider, clock, reports, options, authenticator: createAuthenticator(options), sign }
}

const refused = { code: 'UNAUTHENTICATED' }

test.each(['RS256', 'ES256', 'EdDSA'])('a token of the provider, signed with %s, names a user', async (alg) => {
  const key = await keyPair(alg, 'one')
  const { provider, authenticator, sign } = await setUp([key])
  await using _provider = provider
  expect(await authenticator.verify(await sign(key))).toMatchObject({ kind: 'user', userId: 'u-1', name: 'Ann' })
  expect(provider.requests).toHaveLength(1)
})

test('guests and shared secrets go on beside it', async () => {
  const { provider, authenticator, options } = await setUp([await keyPair('ES256', 'one')])
  await using _provider = provider
  const { token } = await authenticator.signGuest({ userId: 'g', name: 'Gus', room: null, role: null })
  expect(await authenticator.verify(token)).toMatchObject({ kind: 'guest', userId: 'g' })
  const nowS = Math.floor(options.clock.now() / 1000)
  const shared = await new SignJWT({ sub: 'u-2', iat: nowS, exp: nowS + 60 })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(SECRET))
  expect(await authenticator.verify(shared)).toMatchObject({ kind: 'user', userId: 'u-2', name: 'u-2' })
})

test('among keys without names every one that could be it is tried', async () => {
  const keys = [await keyPair('ES256', undefined), await keyPair('ES256', undefined)]
  const { provider, authenticator, sign } = await setUp(keys)
  await using _provider = provider
  for (const key of keys) await expect(authenticator.verify(await sign(key))).resolves.toMatchObject({ userId: 'u-1' })
  const stranger = await keyPair('ES256', undefined)
  await expect(authenticator.verify(await sign(stranger))).rejects.toMatchObject(refused)
})

test('a key that was added is good at once, also right after the others were fetched', async () => {
  const [old, fresh, newest] = [
    await keyPair('ES256', 'old'),
    await keyPair('ES256', 'fresh'),
    await keyPair('RS256', 'x'),
  ]
  const { provider, published, options, authenticator, sign } = await setUp([old])
  await using _provider = provider
  await options.jwks.warm()
  published.keys.push(fresh.jwk)
  await expect(authenticator.verify(await sign(fresh))).resolves.toMatchObject({ userId: 'u-1' })
  published.keys.push(newest.jwk)
  await expect(authenticator.verify(await sign(newest))).resolves.toMatchObject({ userId: 'u-1' })
  expect(provider.requests).toHaveLength(3)
})

test('tokens that name keys that are none do not make the server ask all the time', async () => {
  const [old, fresh] = [await keyPair('ES256', 'old'), await keyPair('ES256', 'fresh')]
  const { provider, published, clock, authenticator, sign } = await setUp([old])
  await using _provider = provider
  await authenticator.verify(await sign(old))
  const forge = async (rounds: number) => {
    for (let round = 0; round < rounds; round += 1) {
      await expect(authenticator.verify(await sign(old, { kid: `made-up-${round}` }))).rejects.toMatchObject(refused)
    }
  }
  await forge(20)
  expect(provider.requests).toHaveLength(1 + 3)
  published.keys.push(fresh.jwk)
  await expect(authenticator.verify(await sign(fresh))).rejects.toMatchObject(refused)
  await clock.advance(10_000)
  await expect(authenticator.verify(await sign(fresh))).resolves.toMatchObject({ userId: 'u-1' })
  await forge(20)
  expect(provider.requests).toHaveLength(1 + 4)
})

test('a key that was withdrawn is not good any more, some minutes later', async () => {
  const [gone, stays] = [await keyPair('ES256', 'gone'), await keyPair('ES256', 'stays')]
  const { provider, published, clock, authenticator, sign } = await setUp([gone, stays])
  await using _provider = provider
  await authenticator.verify(await sign(gone))
  published.keys.shift()
  await clock.advance(600_000)
  // The first who asks starts the fetching, and does not wait for it.
  await authenticator.verify(await sign(stays))
  await expect.poll(async () => authenticator.verify(await sign(gone)).catch(() => 'refused')).toBe('refused')
})

test('while the address is away, the keys that it had go on being good', async () => {
  const key = await keyPair('RS256', 'one')
  const { provider, clock, reports, authenticator, sign } = await setUp([key])
  await authenticator.verify(await sign(key))
  await provider.stop()
  await clock.advance(3_600_000)
  await expect(authenticator.verify(await sign(key))).resolves.toMatchObject({ userId: 'u-1' })
  await expect.poll(() => reports.length).toBe(1)
})

test('an address that was away at the start is asked again', async () => {
  const key = await keyPair('RS256', 'one')
  const { provider, published, clock, authenticator, sign } = await setUp([key])
  await using _provider = provider
  published.status = 503
  const token = await sign(key)
  await expect(authenticator.verify(token)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  published.status = 200
  await expect(authenticator.verify(token)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  await clock.advance(2_000)
  await expect(authenticator.verify(token)).resolves.toMatchObject({ userId: 'u-1' })
})

describe('refused', () => {
  test('a public key that is used as a secret', async () => {
    const key = await keyPair('RS256', 'one')
    const { provider, authenticator, options } = await setUp([key])
    await using _provider = provider
    const nowS = Math.floor(options.clock.now() / 1000)
    for (const secret of [key.jwk.n ?? '', JSON.stringify(key.jwk)]) {
      const token = await new SignJWT({ sub: 'u-1', iat: nowS, exp: nowS + 60 })
        .setProtectedHeader({ alg: 'HS256', kid: 'one' })
        .sign(new TextEncoder().encode(secret))
      await expect(authenticator.verify(token)).rejects.toMatchObject(refused)
    }
  })

  test('secrets that come from the address', async () => {
    const { provider, published, authenticator, options } = await setUp([await keyPair('RS256', 'one')])
    await using _provider = provider
    const secret = 'x'.repeat(40)
    published.keys.push({ kty: 'oct', k: Buffer.from(secret).toString('base64url'), kid: 'oct', alg: 'HS256' })
    const nowS = Math.floor(options.clock.now() / 1000)
    const token = await new SignJWT({ sub: 'u-1', iat: nowS, exp: nowS + 60 })
      .setProtectedHeader({ alg: 'HS256', kid: 'oct' })
      .sign(new TextEncoder().encode(secret))
    await expect(authenticator.verify(token)).rejects.toMatchObject(refused)
  })

  test('an algorithm other than the key says, and those that are not used here', async () => {
    const key = await keyPair('RS256', 'one')
    const { provider, authenticator, sign } = await setUp([key])
    await using _provider = provider
    const pss = { ...(await keyPair('PS256', 'one')), alg: 'PS256' }
    await expect(authenticator.verify(await sign(pss))).rejects.toMatchObject(refused)
    const es384 = await keyPair('ES384', 'one')
    await expect(authenticator.verify(await sign(es384))).rejects.toMatchObject(refused)
  })

  test('an address that the token names is never asked', async () => {
    const [key, own] = [await keyPair('ES256', 'one'), await keyPair('ES256', 'two')]
    const { provider, authenticator, sign } = await setUp([key])
    await using _provider = provider
    await using evil = await openOtherServer((_request, response) => response.end(JSON.stringify({ keys: [own.jwk] })))
    for (const header of [{ jku: `${evil.url}/keys` }, { x5u: `${evil.url}/chain` }, { jwk: own.jwk }]) {
      await expect(authenticator.verify(await sign(own, header))).rejects.toMatchObject(refused)
    }
    expect(evil.requests).toEqual([])
  })

  test('a token of another issuer, or for another audience', async () => {
    const key = await keyPair('ES256', 'one')
    const { provider, options, sign } = await setUp([key])
    await using _provider = provider
    const strict = createAuthenticator({ ...options, issuer: 'https://id.example', audience: 'chat' })
    const good = { iss: 'https://id.example', aud: ['shop', 'chat'] }
    await expect(strict.verify(await sign(key, {}, good))).resolves.toMatchObject({ userId: 'u-1' })
    for (const wrong of [{ iss: undefined }, { iss: 'https://id.example/' }, { aud: undefined }, { aud: 'shop' }]) {
      await expect(strict.verify(await sign(key, {}, { ...good, ...wrong }))).rejects.toMatchObject(refused)
    }
    // Guests are ours, whoever signs for users.
    const { token } = await strict.signGuest({ userId: 'g', name: 'Gus', room: null, role: null })
    await expect(strict.verify(token)).resolves.toMatchObject({ kind: 'guest' })
  })

  test('a provider that gives itself out as this server', async () => {
    const key = await keyPair('ES256', 'one')
    const { provider, authenticator, sign } = await setUp([key])
    await using _provider = provider
    const token = await sign(key, {}, { iss: 'urn:parley:guest', room: 'k7fp2m9xqd4w', role: 'host' })
    await expect(authenticator.verify(token)).rejects.toMatchObject(refused)
  })
})
