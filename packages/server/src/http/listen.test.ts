import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { listen, reachableUrls, StartError } from './listen.ts'

test('an address that this machine has not is explained', async () => {
  const failed = listen(createServer(), '203.0.113.1', 0)
  await expect(failed).rejects.toBeInstanceOf(StartError)
  await expect(failed).rejects.toThrow('HOST=127.0.0.1')
})

test('urls: this machine first', () => {
  expect(reachableUrls('127.0.0.1', 3010, 'http')).toEqual(['http://127.0.0.1:3010'])
  expect(reachableUrls('::1', 3010, 'https')).toEqual(['https://[::1]:3010'])
  expect(reachableUrls('0.0.0.0', 3010, 'http')[0]).toBe('http://127.0.0.1:3010')
  expect(reachableUrls('::', 3010, 'http')[0]).toBe('http://127.0.0.1:3010')
})
