import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { DomainError, type RateLimiter } from '@parley/core'
import type { ErrorCode } from '@parley/protocol/constants'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ApiKeys } from '../../auth/api-keys.ts'
import { TOKEN_LIFE_S } from '../../auth/create-authenticator.ts'
import type { ReportSecurity, SecurityType } from '../../ops/security-log.ts'
import type { Dispatcher, Refusal } from '../../wire/dispatch.ts'
import { errors as roomErrors } from '../../wire/rooms/errors.ts'
import { errors as siteErrors } from '../../wire/site/errors.ts'
import type { ClientOrigin } from '../client-address.ts'
import { writeCookie } from '../cookies.ts'
import { csrf } from '../csrf.ts'
import { ProblemError, sendProblem } from '../problem.ts'
import { inputOf } from './input-of.ts'
import { type Caller, createGate } from './rest-gate.ts'
import { FileAnswer, JsonPieces, type RestContext, type RestHandler, type RestServices } from './rest-handler.ts'
import { schemaOf, securityOf } from './rest-schema.ts'
import { tellLimit } from './tell-limit.ts'

export interface RestOptions extends RestServices {
  /** The calls that this process serves. */
  readonly handlers: readonly RestHandler[]
  readonly apiKeys: ApiKeys
  readonly dispatcher: Dispatcher
  readonly limiter: RateLimiter
  /** `false`: no limit is counted and no header tells of one. */
  readonly rateLimits: boolean
  readonly client: ClientOrigin
  readonly security: ReportSecurity
}

/** Refusals that the security stream hears of. */
const SUSPICIOUS: Partial<Record<ErrorCode, SecurityType>> = {
  WRONG_PASSWORD: 'password-refused',
  RATE_LIMITED: 'throttled',
}

const ERROR_TABLES = { rooms: roomErrors, site: siteErrors } as const satisfies Record<
  RestHandler['errorTable'],
  unknown
>

/** Puts the REST calls on the server, each through the one pipeline of all wires. */
export function registerRest(app: FastifyInstance, options: RestOptions): void {
  const gate = createGate(options)
  const callers = new WeakMap<FastifyRequest, Caller>()
  const callerOf = (request: FastifyRequest): Caller => {
    const caller = callers.get(request)
    if (caller === undefined) throw new Error('A call passed the gate unseen')
    return caller
  }

  const handlers = new Map(options.handlers.map((handler) => [routeOf(handler), handler]))
  app.addHook('onRequest', async (request, reply) => {
    reply.header('Cache-Control', 'no-store')
    const { method, routeOptions } = request
    callers.set(request, await gate(request, reply, handlers.get(routeOf({ method, url: routeOptions.url ?? '' }))))
  })
  for (const handler of options.handlers) {
    app.route({
      method: handler.method,
      url: handler.url,
      schema: schemaOf(handler, securityOf(handler)),
      ...(handler.maxBodyBytes !== undefined && { bodyLimit: handler.maxBodyBytes }),
      handler: (request, reply) => answer(handler, callerOf(request), request, reply, options),
    })
  }
  const patterns = options.handlers.map(({ method, url }) => ({
    method,
    path: new RegExp(`^${url.replace(/:\w+/g, '[^/]+')}$`),
  }))
  app.all('/api/*', { schema: { hide: true } }, (request, reply) => refuseUnknown(patterns, request, reply))
}

const routeOf = ({ method, url }: { readonly method: string; readonly url: string }): string => `${method} ${url}`

async function answer(
  handler: RestHandler,
  caller: Caller,
  request: FastifyRequest,
  reply: FastifyReply,
  options: RestOptions,
): Promise<unknown> {
  const { identity, apiScopes, address, isSecure } = caller
  const { core, authenticator, revocations, ids, polls, recordings, turn, now } = options
  let status: number = handler.status
  const context: RestContext = {
    core,
    authenticator,
    revocations,
    ids,
    polls,
    recordings,
    turn,
    now,
    identity,
    apiScopes,
    address,
    gone: signalOfGoing(reply),
    limitKey: handler.limitBy === 'address' || identity === null ? address : identity.userId,
    wire: 'rest',
    command: handler.name,
    // Where both are counted, the gate has told of the calls: the handler's own limit matters once it refuses.
    counted(decision) {
      if (handler.ownLimitOnly || !decision.allowed) tellLimit(reply, decision)
    },
    csrfToken: () => csrf.token(request, reply, isSecure),
    answerOtherwise() {
      status = handler.otherStatus ?? handler.status
    },
  }
  const errors = ERROR_TABLES[handler.errorTable]
  // What users may do so and so often, their site may do for all of them.
  const limited = apiScopes === null ? handler : { ...handler, limit: null }
  const keepCookie = handler.givesToken === true && csrf.isSubmitted(request, isSecure)
  await refuseAfterFailures(handler, address, reply, options)
  if (identity?.kind === 'user' && errors === siteErrors) await core.introduce(identity, identity)
  const outcome = await options.dispatcher.dispatch(limited, context, inputOf(request), errors)
  if (!outcome.ok) {
    await noteFailure(handler, address, outcome.error, options)
    return sendProblem(reply, outcome.error)
  }
  if (keepCookie) keepToken(reply, outcome.value, isSecure)
  reply.status(status)
  if (outcome.value instanceof FileAnswer) return sendFile(reply, outcome.value)
  return outcome.value instanceof JsonPieces
    ? reply.type('application/json; charset=utf-8').send(Readable.from(outcome.value.pieces))
    : reply.send(outcome.value)
}

function sendFile(reply: FastifyReply, { path, bytes, type, name }: FileAnswer): FastifyReply {
  // RFC 6266: a name of any letters, and one for clients that know only some.
  const plain = name.replace(/[^\w .-]/g, '_')
  const disposition = `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name)}`
  return reply
    .type(type)
    .header('Content-Length', bytes)
    .header('Content-Disposition', disposition)
    .send(createReadStream(path))
}

/** Aborts when the connection ends before the answer does. */
function signalOfGoing({ raw }: FastifyReply): AbortSignal {
  const going = new AbortController()
  raw.once('close', () => {
    if (!raw.writableFinished) going.abort()
  })
  return going.signal
}

async function refuseAfterFailures(
  handler: RestHandler,
  address: string,
  reply: FastifyReply,
  { limiter, rateLimits }: RestOptions,
): Promise<void> {
  if (handler.failureLimit === undefined || !rateLimits) return
  const decision = await limiter.peek(handler.failureLimit, address)
  if (decision.allowed) return
  tellLimit(reply, decision)
  const { retryAfterMs } = decision
  throw new DomainError('RATE_LIMITED', 'Too many failed attempts. Wait a while and try again.', { retryAfterMs })
}

async function noteFailure(
  handler: RestHandler,
  address: string,
  { code }: Refusal,
  options: RestOptions,
): Promise<void> {
  const suspicion = SUSPICIOUS[code]
  if (suspicion !== undefined) options.security({ type: suspicion, wire: 'rest', address, detail: handler.name })
  if (handler.failureLimit !== undefined && options.rateLimits && code !== 'RATE_LIMITED') {
    await options.limiter.take(handler.failureLimit, address)
  }
}

function keepToken(reply: FastifyReply, given: unknown, isSecure: boolean): void {
  const { token } = given as { readonly token: string }
  writeCookie(reply, 'token', token, { isSecure, maxAge: TOKEN_LIFE_S })
}

interface Pattern {
  readonly method: string
  readonly path: RegExp
}

function refuseUnknown(patterns: readonly Pattern[], request: FastifyRequest, reply: FastifyReply): never {
  const path = request.url.replace(/\?.*$/s, '')
  const allowed = patterns.filter((pattern) => pattern.path.test(path)).map(({ method }) => method)
  if (allowed.length === 0)
    throw new ProblemError('UNKNOWN_EVENT', 'There is no such call. /docs/api lists those that there are.', 404)
  reply.header('Allow', allowed.join(', '))
  throw new ProblemError(
    'UNKNOWN_EVENT',
    `This call is made with ${allowed.join(' or ')}, not with ${request.method}.`,
    405,
  )
}
