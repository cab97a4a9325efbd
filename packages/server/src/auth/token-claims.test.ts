import { expect, test } from 'vitest'
import { userIdentity } from './token-claims.ts'

const NOW_S = 1_800_000_000
const read = (claims: object) => userIdentity('a.b.c', { iat: NOW_S, ...claims } as Parameters<typeof userIdentity>[1])

test.each([
  [{ sub: 'a', userId: 'b' }, 'a'],
  [{ userId: 'b', id: 'c' }, 'b'],
  [{ user_id: 42 }, '42'],
  [{ id: 7 }, '7'],
  [{ sub: '', id: 'c' }, 'c'],
  [{ sub: 'x'.repeat(129), id: 'c' }, 'c'],
  [{ sub: 'Émile 🙂' }, 'Émile 🙂'],
])('%j names %s', (claims, userId) => {
  expect(read(claims).userId).toBe(userId)
})

test.each([
  {},
  { sub: '' },
  { sub: 1.5 },
  { sub: { id: 1 } },
  { id: '\ud800' },
  { id: 'a\nb' },
  { sub: 'deleted-user' },
])('%j names nobody', (claims) => {
  expect(() => read(claims)).toThrow(/names the user/)
})

test.each([
  [{ name: 'Ann', username: 'ann1' }, 'Ann'],
  [{ name: 7, username: 'ann1' }, 'ann1'],
  [{ preferred_username: 'ann2' }, 'ann2'],
  [{ displayName: 'Ann D.' }, 'Ann D.'],
  [{ email: 'ann.d@example.org' }, 'ann.d'],
  [{ name: '\u202e\u200b ' }, 'u-1'],
  [{ name: ' A\u202enn \n ' }, 'Ann'],
  [{ name: '🙂'.repeat(60) }, '🙂'.repeat(50)],
  [{}, 'u-1'],
])('%j is called %s', (claims, name) => {
  expect(read({ sub: 'u-1', ...claims }).name).toBe(name)
})

test('avatar and roles are taken from where sites put them', () => {
  expect(read({ sub: 'u', picture: 'https://x/y.png', role: 'admin' })).toMatchObject({
    avatar: 'https://x/y.png',
    roles: ['admin'],
  })
  expect(read({ sub: 'u', avatar: '/a.png', roles: ['a', 7, 'b'] })).toMatchObject({
    avatar: '/a.png',
    roles: ['a', 'b'],
  })
  expect(read({ sub: 'u', avatar: '/a\0.png', picture: '/\ud800.png' })).toMatchObject({ avatar: null })
  expect(read({ sub: 'u' })).toMatchObject({ avatar: null, roles: [], role: null, kind: 'user' })
})

test('a room that a site speaks of is none of ours, and no end is later than a date can be', () => {
  expect(read({ sub: 'u', room: '42' }).room).toBeNull()
  expect(read({ sub: 'u', exp: 1e300 }).expiresAt).toBe(8.64e15)
  expect(read({ sub: 'u', exp: NOW_S + 0.12345 }).expiresAt).toBe(NOW_S * 1000 + 123)
})

test('a token that says no end is good for a day, one without either for nothing', () => {
  expect(read({ sub: 'u' }).expiresAt).toBe((NOW_S + 86_400) * 1000)
  expect(read({ sub: 'u', exp: NOW_S + 60 }).expiresAt).toBe((NOW_S + 60) * 1000)
  expect(() => read({ sub: 'u', iat: undefined })).toThrow(/neither exp nor iat/)
})

test('one that does not say when it was issued counts as old', () => {
  expect(read({ sub: 'u', iat: undefined, exp: NOW_S }).issuedAt).toBe(0)
})

test('it is known by its jti, else by its hash', () => {
  expect(read({ sub: 'u', jti: 'j-1' }).tokenId).toBe('j-1')
  expect(read({ sub: 'u' }).tokenId).toBe(read({ sub: 'other' }).tokenId)
  expect(read({ sub: 'u' }).tokenId).toMatch(/^sha256:/)
})
