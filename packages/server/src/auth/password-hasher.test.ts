import { expect, test } from 'vitest'
import { createPasswordHasher } from './password-hasher.ts'

test('a password verifies against its own hash only', async () => {
  const hasher = createPasswordHasher()
  const hash = await hasher.hash('correct horse')
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(await hasher.verify('correct horse', hash)).toBe(true)
  expect(await hasher.verify('correct horsf', hash)).toBe(false)
})

test('the same password hashes differently each time', async () => {
  const hasher = createPasswordHasher()
  expect(await hasher.hash('again')).not.toBe(await hasher.hash('again'))
})

test('callers queue, and beyond the queue are told to come back', async () => {
  const hasher = createPasswordHasher({ maxConcurrent: 1, maxWaiting: 1 })
  const first = hasher.hash('a')
  const second = hasher.hash('b')
  await expect(hasher.hash('c')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  await expect(Promise.all([first, second])).resolves.toHaveLength(2)
  await expect(hasher.hash('d')).resolves.toContain('$argon2id$')
})

test('a hash in another form is a bug, not a wrong password', async () => {
  await expect(createPasswordHasher().verify('x', 'plain')).rejects.toThrow('PHC')
})
