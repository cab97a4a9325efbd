import { startServer, type TestServer } from '@parley/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

let server: TestServer
beforeAll(async () => {
  server = await startServer({ rateLimits: 'off', trustProxy: { kind: 'hops', hops: 1 } })
})
afterAll(() => server[Symbol.asyncDispose]())

/** A browser of sorts: keeps cookies and sends them. */
function createBrowser(extra: Record<string, string> = {}, url = server.url) {
  const jar = new Map<string, string>()
  const set: string[] = []
  return {
    jar,
    set,
    async send(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
      const answer = await fetch(url + path, {
        method,
        headers: {
          ...(body && { 'Content-Type': 'application/json' }),
          ...(jar.size > 0 && { Cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') }),
          ...extra,
          ...headers,
        },
        ...(body && { body: JSON.stringify(body) }),
      })
      for (const line of answer.headers.getSetCookie()) {
        set.push(line)
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
        if (value === '') jar.delete(name)
        else jar.set(name, value)
      }
      return answer
    },
    async csrfToken(): Promise<string> {
      const { csrfToken } = (await (await this.send('GET', '/api/csrf-token')).json()) as { csrfToken: string }
      return csrfToken
    },
  }
}

async function signedIn() {
  const browser = createBrowser()
  const csrfToken = await browser.csrfToken()
  await browser.send('POST', '/api/login', { name: 'Ann' }, { 'X-CSRF-Token': csrfToken })
  return { browser, csrfToken }
}

const codeOf = async (answer: Response) => ((await answer.json()) as { code: string }).code

describe('the token', () => {
  test('is answered and set as a cookie that pages may read', async () => {
    const browser = createBrowser()
    const token = await browser.csrfToken()
    expect(token).toMatch(/^[\w-]{43}$/)
    expect(browser.jar.get('parley_csrf')).toBe(token)
    expect(browser.set[0]).toContain('SameSite=Lax')
    expect(browser.set[0]).not.toContain('HttpOnly')
  })

  test('stays the same for several tabs', async () => {
    const browser = createBrowser()
    expect(await browser.csrfToken()).toBe(await browser.csrfToken())
  })

  test('is made anew when what came as a cookie is not one', async () => {
    const browser = createBrowser()
    browser.jar.set('parley_csrf', 'chosen-by-somebody-else')
    expect(await browser.csrfToken()).not.toBe('chosen-by-somebody-else')
  })
})

describe('an identity by cookie', () => {
  test('is given to callers who send the token, where scripts can not read it', async () => {
    const { browser } = await signedIn()
    expect(browser.jar.has('parley_token')).toBe(true)
    const line = browser.set.find((cookie) => cookie.startsWith('parley_token='))
    expect(line).toContain('HttpOnly')
    expect(line).toContain('SameSite=Lax')
    expect(line).toContain('Max-Age=3600')
    expect(line).not.toContain('Secure')
  })

  test('is given to nobody else', async () => {
    const browser = createBrowser()
    await browser.send('POST', '/api/login', { name: 'Ann' })
    expect(browser.jar.size).toBe(0)
  })

  test('may read without the token', async () => {
    const { browser } = await signedIn()
    const answer = await browser.send('GET', '/api/rooms/000000000000/messages')
    expect(await codeOf(answer)).toBe('ROOM_NOT_FOUND')
  })

  test('may change something only with the token', async () => {
    const { browser, csrfToken } = await signedIn()
    expect((await browser.send('POST', '/api/refresh', {}, { 'X-CSRF-Token': csrfToken })).status).toBe(200)
    for (const wrong of [undefined, '', 'x', 'A'.repeat(43)]) {
      const answer = await browser.send(
        'POST',
        '/api/refresh',
        {},
        wrong === undefined ? {} : { 'X-CSRF-Token': wrong },
      )
      expect(answer.status).toBe(403)
      expect(await codeOf(answer)).toBe('CSRF_REJECTED')
    }
  })

  test('opens rooms and joins them as the same person', async () => {
    const { browser, csrfToken } = await signedIn()
    const room = { name: 'Tea', hostName: 'Ann', duration: 15 }
    const created = await browser.send('POST', '/api/create-room', room, { 'X-CSRF-Token': csrfToken })
    expect(created.status).toBe(201)
    const { roomId } = (await created.json()) as { roomId: string }
    expect((await browser.send('GET', `/api/rooms/${roomId}/messages`)).status).toBe(200)
  })

  test('that is out of date is dropped, and not held against the caller', async () => {
    const browser = createBrowser()
    browser.jar.set('parley_token', 'eyJhbGciOiJIUzI1NiJ9.e30.x')
    expect((await browser.send('POST', '/api/login', { name: 'Ann' })).status).toBe(200)
    expect(browser.jar.has('parley_token')).toBe(false)
  })
})

test('a token that does not match is refused before anything happens, for everybody', async () => {
  const browser = createBrowser()
  const answer = await browser.send('POST', '/api/login', { name: 'Ann' }, { 'X-CSRF-Token': 'B'.repeat(43) })
  expect(await codeOf(answer)).toBe('CSRF_REJECTED')
})

test('callers with a bearer token need none, even beside a cookie', async () => {
  const { browser } = await signedIn()
  const { token } = (await (
    await fetch(`${server.url}/api/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ name: 'Bo' }),
    })
  ).json()) as { token: string }
  expect((await browser.send('POST', '/api/refresh', {}, { Authorization: `Bearer ${token}` })).status).toBe(200)
})

test('behind TLS both cookies are Secure and bound to this host', async () => {
  // As a proxy passes it on.
  const forwarded = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-For': '203.0.113.1' }
  const browser = createBrowser(forwarded, server.nodeUrls[0])
  const csrfToken = await browser.csrfToken()
  await browser.send('POST', '/api/login', { name: 'Ann' }, { 'X-CSRF-Token': csrfToken })
  expect([...browser.jar.keys()]).toEqual(['__Host-parley_csrf', '__Host-parley_token'])
  for (const line of browser.set) {
    expect(line).toContain('Secure')
    expect(line).toContain('Path=/')
  }
  expect((await browser.send('POST', '/api/refresh', {}, { 'X-CSRF-Token': csrfToken })).status).toBe(200)
})
