import { randomBytes } from 'node:crypto'
import { rooms } from '@parley/protocol'
import { startServer, type TestServer } from '@parley/testkit'
import { SignJWT } from 'jose'
import { expect } from 'vitest'
import type { z } from 'zod'
import { API_SCOPES, type ApiKey } from '../../auth/api-keys.ts'
import type { Config } from '../../config/index.ts'

const KEY = 'the-key-for-everything'
const KEYS: readonly ApiKey[] = [
  { key: KEY, scopes: API_SCOPES },
  ...API_SCOPES.map((scope) => ({ key: `only-${scope}`, scopes: [scope] })),
]

/** Who calls: a token, one of the site's keys, or neither. */
export type By = { readonly token: string } | { readonly key: string } | null

/** A server beside a site that has users, and the site's own hand on it. */
export interface SiteRest extends AsyncDisposable {
  readonly server: TestServer
  /** The key that may do everything. */
  readonly site: { readonly key: string }
  /** A token as the site signs it. */
  user(userId: string, claims?: object): Promise<{ readonly token: string }>
  call(method: string, path: string, by: By, body?: unknown): Promise<Response>
  /** The answer, which must be exactly as the schema says. */
  ok<S extends z.ZodType>(schema: S, answer: Promise<Response>, status?: number): Promise<z.infer<S>>
  /** An answer without a body. */
  done(answer: Promise<Response>): Promise<void>
  /** The problem document, whole. */
  problem(answer: Promise<Response>): Promise<rooms.Problem>
}

export async function startSiteRest(
  overrides: Partial<Config> = {},
  parts: Parameters<typeof startServer>[1] = {},
): Promise<SiteRest> {
  const secret = randomBytes(36).toString('base64')
  const server = await startServer({ jwtSecrets: [secret], apiKeys: KEYS, role: 'api', ...overrides }, parts)
  return {
    server,
    site: { key: KEY },
    async user(userId, claims = {}) {
      const nowS = Math.floor(Date.now() / 1000)
      const token = await new SignJWT({
        sub: userId,
        name: `Name of ${userId}`,
        iat: nowS,
        exp: nowS + 3600,
        ...claims,
      })
        .setProtectedHeader({ alg: 'HS256' })
        .sign(new TextEncoder().encode(secret))
      return { token }
    },
    call(method, path, by, body) {
      return fetch(server.url + path, {
        method,
        headers: {
          ...(body !== undefined && { 'Content-Type': 'application/json' }),
          ...(by !== null && ('token' in by ? { Authorization: `Bearer ${by.token}` } : { 'X-Api-Key': by.key })),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
    },
    async ok(schema, answer, status = 200) {
      const response = await answer
      const text = await response.text()
      expect(response.status, text).toBe(status)
      expect(response.headers.get('content-type')).toMatch(/^application\/json/)
      expect(response.headers.get('cache-control')).toBe('no-store')
      const body: unknown = JSON.parse(text)
      const read = schema.parse(body)
      // Nothing that the schema does not know.
      expect(read).toEqual(body)
      return read
    },
    async done(answer) {
      const response = await answer
      expect(response.status, await response.clone().text()).toBe(204)
      expect(await response.text()).toBe('')
    },
    async problem(answer) {
      const response = await answer
      expect(response.headers.get('content-type')).toBe('application/problem+json')
      const body = rooms.problem.strict().parse(await response.json())
      expect(body.status).toBe(response.status)
      return body
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}
