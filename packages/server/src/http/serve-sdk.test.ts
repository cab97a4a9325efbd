import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fastify from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serveSdk } from './serve-sdk.ts'

const SCRIPT = 'var Parley = {}'
let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'parley-sdk-'))
  await writeFile(join(directory, 'parley.js'), SCRIPT)
  await writeFile(join(directory, 'parley.js.gz'), gzipSync(SCRIPT))
  await writeFile(join(directory, 'parley.js.map'), '{}')
  await writeFile(join(directory, '.stamp'), 'x')
})
afterAll(() => rm(directory, { recursive: true }))

test('the script is there for pages of any site, which ask each time whether it changed', async () => {
  const app = fastify()
  await serveSdk(app, directory)
  const answer = await app.inject({ url: '/sdk/parley.js', headers: { 'accept-encoding': 'gzip' } })
  expect(answer.headers).toMatchObject({
    'content-type': expect.stringMatching(/javascript/),
    'content-encoding': 'gzip',
    'cache-control': 'no-cache',
    'cross-origin-resource-policy': 'cross-origin',
    etag: expect.any(String),
  })
  const headers = { 'if-none-match': String(answer.headers.etag), 'accept-encoding': 'gzip' }
  expect((await app.inject({ url: '/sdk/parley.js', headers })).statusCode).toBe(304)
  expect((await app.inject('/sdk/parley.js.map')).statusCode).toBe(200)
  expect((await app.inject('/sdk/.stamp')).statusCode).toBe(404)
  await app.close()
})

test('where it is not built there is nothing', async () => {
  const app = fastify()
  await serveSdk(app, join(directory, 'nowhere'))
  expect((await app.inject('/sdk/parley.js')).statusCode).toBe(404)
  await app.close()
})
