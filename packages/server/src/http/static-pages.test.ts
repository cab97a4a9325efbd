import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { brotliCompressSync } from 'node:zlib'
import { startServer, type TestServer } from '@parley/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const PAGE = '<!doctype html><title>The app</title>'
const SCRIPT = 'console.log("hello")'

let directory = ''
let server: TestServer
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'parley-web-'))
  await mkdir(join(directory, 'assets'))
  await writeFile(join(directory, 'index.html'), PAGE)
  await writeFile(join(directory, 'sw.js'), SCRIPT)
  await writeFile(join(directory, 'favicon.png'), 'an icon')
  await writeFile(join(directory, '.env'), 'JWT_SECRET=x')
  await writeFile(join(directory, 'manifest.webmanifest'), '{}')
  await writeFile(join(directory, 'assets/app-B3x9.js'), SCRIPT)
  await writeFile(join(directory, 'assets/app-B3x9.js.br'), brotliCompressSync(SCRIPT))
  server = await startServer({ roomDurations: [10, 45], roomMaxParticipants: 7 }, { webDirectory: directory })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await rm(directory, { recursive: true })
})

const get = (path: string, headers: Record<string, string> = {}) => fetch(server.url + path, { headers })

/** The page as a client sees it that sends this Host, which fetch doesn't let a program set. */
function pageFor(host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    request(server.url, { headers: { host } }, (answer) => resolve(text(answer)))
      .on('error', reject)
      .end()
  })
}

describe('the one page', () => {
  test('names its preview image by an absolute address, but only of a plausible host', async () => {
    await writeFile(join(directory, 'index.html'), '<meta property="og:image" content="/social-preview.png" />')
    try {
      expect(await (await get('/')).text()).toContain(`content="${server.url}/social-preview.png"`)
      expect(await pageFor('evil"><script>')).toContain('content="/social-preview.png"')
      expect(await pageFor('talk.example.org')).toContain('content="http://talk.example.org/social-preview.png"')
    } finally {
      await writeFile(join(directory, 'index.html'), PAGE)
    }
  })

  test('says what a new room may ask for here', async () => {
    const page = (durations: string, people: string) =>
      `<meta name="room-durations" content="${durations}" /><meta name="room-max-participants" content="${people}" />`
    await writeFile(join(directory, 'index.html'), page('60', '100'))
    try {
      expect(await (await get('/')).text()).toBe(page('10,45', '7'))
    } finally {
      await writeFile(join(directory, 'index.html'), PAGE)
    }
  })

  test.each(['/', '/r/k7fp-2m9x-qd4w', '/create', '/some/where?x=1.2'])('answers a browser at %s', async (path) => {
    const answer = await get(path, { Accept: 'text/html,*/*' })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toContain('text/html')
    expect(answer.headers.get('cache-control')).toBe('no-cache')
    expect(await answer.text()).toBe(PAGE)
  })

  test('answers whoever asks for it, and HEAD', async () => {
    expect((await get('/')).status).toBe(200)
    expect((await fetch(`${server.url}/r/abc`, { method: 'HEAD' })).status).toBe(200)
  })

  test('of a room is not for search engines', async () => {
    expect((await get('/r/k7fp-2m9x-qd4w')).headers.get('x-robots-tag')).toBe('noindex, nofollow')
    expect((await get('/')).headers.has('x-robots-tag')).toBe(false)
  })

  test.each([
    '/missing.js',
    '/assets/gone-1234.js',
    '/assets/',
    '/assets',
    '/.env',
    '/%2eenv',
    '/data/jwt-secret',
    '/..%5c..%5cpackage.json',
    '//etc/passwd',
    '/index.html%00.png',
    '/nothing',
    '/../package.json',
    '/%2e%2e/%2e%2e/package.json',
  ])('is not what a program gets at %s', async (path) => {
    const answer = await fetch(server.nodeUrls[0] + path)
    expect(answer.status).toBe(404)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
  })

  test('answers no POST', async () => {
    const answer = await fetch(`${server.url}/r/abc`, { method: 'POST', headers: { Accept: 'text/html' } })
    expect(answer.status).toBe(404)
  })
})

describe('files', () => {
  test('the icon is there by the name that browsers try', async () => {
    const answer = await get('/favicon.ico')
    expect(answer.headers.get('content-type')).toBe('image/png')
    expect(await answer.text()).toBe('an icon')
  })

  test('with a hash in their name are kept for good', async () => {
    const answer = await get('/assets/app-B3x9.js')
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(answer.headers.get('content-type')).toContain('javascript')
    expect(await answer.text()).toBe(SCRIPT)
  })

  test('are sent compressed when that is there and wanted', async () => {
    const answer = await get('/assets/app-B3x9.js', { 'Accept-Encoding': 'br' })
    expect(answer.headers.get('content-encoding')).toBe('br')
    expect(answer.headers.get('content-type')).toContain('javascript')
    expect(answer.headers.get('vary')).toMatch(/accept-encoding/i)
    expect(await answer.text()).toBe(SCRIPT)
  })

  test.each([
    ['/sw.js', 'javascript'],
    ['/manifest.webmanifest', 'application/manifest+json'],
  ])('without one are asked for again: %s', async (path, type) => {
    const answer = await get(path)
    expect(answer.headers.get('cache-control')).toBe('no-cache')
    expect(answer.headers.get('content-type')).toContain(type)
    const etag = answer.headers.get('etag') ?? ''
    expect((await get(path, { 'If-None-Match': etag, 'Cache-Control': 'max-age=0' })).status).toBe(304)
  })
})

test('without a built app the page says how to build it', async () => {
  await using bare = await startServer({}, { webDirectory: join(directory, 'nowhere') })
  const answer = await fetch(bare.url, { headers: { Accept: 'text/html' } })
  expect(answer.status).toBe(503)
  expect(await answer.text()).toContain('npm run build')
  expect((await fetch(`${bare.url}/health`)).status).toBe(200)
})
