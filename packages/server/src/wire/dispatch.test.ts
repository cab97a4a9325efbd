import { DEFAULT_LIMITS, DomainError } from '@parley/core'
import { createClockedRateLimiter } from '@parley/testkit/clocked-rate-limiter'
import { createFakeClock } from '@parley/testkit/fake-clock'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Identity } from '../auth/authenticator.ts'
import { anyone, authenticated, createDispatcher, type Handler, type RequestContext } from './dispatch.ts'
import { errors } from './rooms/errors.ts'

const schema = z.object({ text: z.string(), nested: z.object({ count: z.int() }).optional() })
type Echo = Handler<RequestContext, typeof schema, string>

const echo: Echo = { schema, guard: anyone, limit: null, run: (_context, { text }) => text }
const guest: RequestContext = { identity: null, limitKey: '192.0.2.1', wire: 'rest', command: 'do' }

function setUp(rateLimits = true) {
  const clock = createFakeClock()
  const logged: object[] = []
  const log = (fields: object): void => {
    logged.push(fields)
  }
  const limiter = createClockedRateLimiter(clock, DEFAULT_LIMITS)
  const dispatcher = createDispatcher({ clock, limiter, rateLimits, logger: { info: log, warn: log, error: log } })
  const identity: Identity = {
    userId: 'ann',
    name: 'Ann',
    kind: 'guest',
    room: null,
    role: null,
    avatar: null,
    roles: [],
    issuedAt: clock.now(),
    tokenId: 'a token',
    expiresAt: clock.now() + 1000,
  }
  const ask = (handler: Echo, context: RequestContext = guest, raw: unknown = { text: 'hi' }) =>
    dispatcher.dispatch(handler, context, raw, errors)
  return { clock, logged, identity, ask }
}

describe('dispatch', () => {
  it('runs a handler on what its schema made of the input', async () => {
    expect(await setUp().ask(echo)).toEqual({ ok: true, value: 'hi' })
  })

  it('takes null for a field that is left out, but not for one that is needed', async () => {
    expect(await setUp().ask(echo, guest, { text: 'hi', nested: null })).toEqual({ ok: true, value: 'hi' })
    expect(await setUp().ask(echo, guest, { text: null })).toMatchObject({
      ok: false,
      error: { code: 'VALIDATION_FAILED', errors: [{ path: 'text' }] },
    })
  })

  it('names path and message of every wrong field', async () => {
    const outcome = await setUp().ask(echo, guest, { nested: { count: 'x' } })
    expect(outcome).toMatchObject({ ok: false, error: { code: 'VALIDATION_FAILED' } })
    expect(outcome.ok ? [] : outcome.error.errors?.map(({ path }) => path)).toEqual(['text', 'nested.count'])
    expect(outcome.ok ? '' : outcome.error.message).toBe('text is missing.')
  })

  it('refuses callers without a token where one is needed', async () => {
    const closed: Echo = { ...echo, guard: authenticated }
    expect(await setUp().ask(closed)).toMatchObject({ ok: false, error: { code: 'UNAUTHENTICATED' } })
  })

  it('refuses a token from the moment at which it ends', async () => {
    const { ask, clock, identity } = setUp()
    const context = { identity, limitKey: 'ann', wire: 'messenger', command: 'do' } as const
    await clock.advance(999)
    expect(await ask(echo, context)).toMatchObject({ ok: true })
    await clock.advance(1)
    expect(await ask(echo, context)).toMatchObject({ ok: false, error: { code: 'TOKEN_EXPIRED' } })
  })

  it('takes nothing from the limit for what is not permitted, and says when to come back', async () => {
    const { ask, clock } = setUp()
    const limited: Echo = { ...echo, limit: 'roomMessage' }
    const forbidden: Echo = {
      ...limited,
      guard: () => {
        throw new DomainError('FORBIDDEN', 'No')
      },
    }
    for (let n = 0; n < 10; n += 1) await ask(forbidden)
    for (let n = 0; n < 5; n += 1) expect(await ask(limited)).toMatchObject({ ok: true })
    await clock.advance(4000)
    expect(await ask(limited)).toMatchObject({ ok: false, error: { code: 'RATE_LIMITED', retryAfterMs: 6000 } })
    await clock.advance(6000)
    expect(await ask(limited)).toMatchObject({ ok: true })
  })

  it('limits nobody when limits are lifted', async () => {
    const { ask } = setUp(false)
    for (let n = 0; n < 20; n += 1) expect(await ask({ ...echo, limit: 'roomMessage' })).toMatchObject({ ok: true })
  })

  it("says a domain error in the wire's words", async () => {
    const failing: Echo = {
      ...echo,
      run: () => {
        throw new DomainError('CONVERSATION_NOT_FOUND', 'Not here')
      },
    }
    expect(await setUp().ask(failing)).toEqual({ ok: false, error: { code: 'ROOM_NOT_FOUND', message: 'Not here' } })
  })

  it('tells nothing of a bug but the id of its log line', async () => {
    const { ask, logged } = setUp()
    const error = new TypeError('secret detail')
    const outcome = await ask({ ...echo, run: () => Promise.reject(error) })
    expect(outcome).toMatchObject({ ok: false, error: { code: 'INTERNAL' } })
    expect(JSON.stringify(outcome)).not.toContain('secret')
    const requestId = outcome.ok ? undefined : outcome.error.requestId
    expect(logged).toEqual([{ err: error, requestId }])
    expect(requestId).toMatch(/\S{8}/)
  })
})
