import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { weaknessOf } from '../config/secret-strength.ts'
import { keptSecret } from './kept-secret.ts'

let directory = ''
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'parley-secret-'))
})
afterEach(() => rm(directory, { recursive: true }))

test('is made once, strong, and readable by its owner alone', async () => {
  const first = await keptSecret(join(directory, 'data'))
  expect(first.isNew).toBe(true)
  expect(weaknessOf(first.secret)).toBeNull()
  expect((await stat(first.path)).mode & 0o777).toBe(0o600)
  expect((await readFile(first.path, 'utf8')).trim()).toBe(first.secret)
  expect(await keptSecret(join(directory, 'data'))).toEqual({ ...first, isNew: false })
})

test('each has its own', async () => {
  const tokens = await keptSecret(directory)
  const relay = await keptSecret(directory, 'turn-secret')
  expect(relay).toMatchObject({ isNew: true, path: join(directory, 'turn-secret') })
  expect(relay.secret).not.toBe(tokens.secret)
})

test('a damaged one is not used', async () => {
  await writeFile(join(directory, 'jwt-secret'), 'short\n')
  await expect(keptSecret(directory)).rejects.toThrow('delete it')
})
