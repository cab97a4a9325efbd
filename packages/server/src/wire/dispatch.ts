import { randomUUID } from 'node:crypto'
import {
  type Clock,
  DomainError,
  type DomainErrorCode,
  type LimitName,
  type RateDecision,
  type RateLimiter,
  StrangerError,
} from '@parley/core'
import type { ErrorCode } from '@parley/protocol'
import type { z } from 'zod'
import type { Identity } from '../auth/authenticator.ts'
import { describeIssue, wrongFields } from './describe-issue.ts'
import type { WireLogger, WireName, WireObserver } from './wires.ts'
import { withoutNulls } from './without-nulls.ts'

/** What the pipeline itself needs to know of a request; each wire and REST add their own. */
export interface RequestContext {
  /** Who asks; `null` for a caller without a token. */
  readonly identity: Identity | null
  /** What the handler's limit counts by: the user, or the address of a caller without a token. */
  readonly limitKey: string
  /** What is asked, and over what: for whoever measures it. */
  readonly wire: WireName | 'rest'
  readonly command: string
  /** Whether the caller may know that the room that `raw` names is there, though they are not in it. Without it: no. */
  mayKnow?(raw: unknown): boolean
  /** Told how the caller stands with the handler's limit, also when it refuses. */
  counted?(decision: RateDecision): void
}

/** One thing that clients may ask for: what it looks like, who may, how often, and what it does. */
export interface Handler<Context extends RequestContext, Schema extends z.ZodType, Output> {
  readonly schema: Schema
  /** Throws `DomainError` for those who may not. */
  guard(context: Context, input: z.output<Schema>): void
  /** `null`: not limited here. */
  readonly limit: LimitName | null
  run(context: Context, input: z.output<Schema>): Output | Promise<Output>
}

/** A handler of any schema, as dispatch takes it. */
export type AnyHandler<Context extends RequestContext, Output> = Handler<Context, z.ZodType, Output>

/** What went wrong, in the wire's own vocabulary. */
export interface Refusal {
  readonly code: ErrorCode
  readonly message: string
  readonly errors?: readonly { readonly path: string; readonly message: string }[]
  readonly retryAfterMs?: number
  /** Finds the log line that has the details; for `INTERNAL` only. */
  readonly requestId?: string
}

type Outcome<Output> = { readonly ok: true; readonly value: Output } | { readonly ok: false; readonly error: Refusal }

/** How a wire says each of the core's errors. */
type ErrorTable = Readonly<Record<DomainErrorCode, ErrorCode>>

export interface DispatchOptions {
  readonly limiter: RateLimiter
  readonly clock: Clock
  readonly logger: WireLogger
  /** `false` lifts every handler's limit. */
  readonly rateLimits: boolean
  readonly observer?: Pick<WireObserver, 'answered'> | undefined
}

export interface Dispatcher {
  /** Parse, authenticate, permit, rate-limit, run. Never rejects. */
  dispatch<Context extends RequestContext, Output>(
    handler: AnyHandler<Context, Output>,
    context: Context,
    raw: unknown,
    errors: ErrorTable,
  ): Promise<Outcome<Output>>
  /** The refusal for an error that was thrown outside a handler, such as in a handshake. */
  refusal(error: unknown, errors: ErrorTable): Refusal
}

/** The one way in, for every wire and REST. */
export function createDispatcher(options: DispatchOptions): Dispatcher {
  const { limiter, clock, logger, observer } = options

  async function run<Context extends RequestContext, Output>(
    handler: AnyHandler<Context, Output>,
    context: Context,
    raw: unknown,
  ): Promise<Output> {
    const input = parse(handler.schema, raw)
    if (context.identity !== null && context.identity.expiresAt <= clock.now()) {
      throw new DomainError('TOKEN_EXPIRED', 'Your token has expired. Get a new one and connect again.')
    }
    handler.guard(context, input)
    if (handler.limit !== null && options.rateLimits) {
      const decision = await limiter.take(handler.limit, context.limitKey)
      context.counted?.(decision)
      if (!decision.allowed) {
        throw new DomainError('RATE_LIMITED', 'Too many of these in a short time. Wait a little and try again.', {
          retryAfterMs: decision.retryAfterMs,
        })
      }
    }
    return handler.run(context, input)
  }

  function refusal(error: unknown, errors: ErrorTable): Refusal {
    if (error instanceof DomainError) {
      return withErrors({ code: errors[error.code], message: error.message, ...error.details })
    }
    const requestId = randomUUID()
    logger.error({ err: error, requestId }, 'a request failed unexpectedly')
    return { code: 'INTERNAL', message: 'Something went wrong on the server. It has been logged.', requestId }
  }

  return {
    async dispatch(handler, context, raw, errors) {
      const startedAt = performance.now()
      try {
        const value = await run(handler, context, raw)
        observer?.answered(context, performance.now() - startedAt, null)
        return { ok: true, value }
      } catch (error) {
        const isOutside = error instanceof StrangerError && context.mayKnow?.(raw) !== true
        const refused = refusal(isOutside ? error.toOutsiders : error, errors)
        observer?.answered(context, performance.now() - startedAt, refused.code)
        return { ok: false, error: refused }
      }
    },
    refusal,
  }
}

/** `VALIDATION_FAILED` always has `errors`; what is wrong with the whole has an empty `path`. */
export function withErrors(refusal: Refusal): Refusal {
  if (refusal.code !== 'VALIDATION_FAILED' || refusal.errors !== undefined) return refusal
  return { ...refusal, errors: [{ path: '', message: refusal.message }] }
}

/** Checks `raw` against `schema`; throws `VALIDATION_FAILED` that names each wrong field. */
export function parse<Schema extends z.ZodType>(schema: Schema, raw: unknown): z.output<Schema> {
  const strict = check(schema, raw)
  const result = strict.success ? strict : check(schema, withoutNulls(raw, strict.error.issues))
  if (result.success) return result.data
  const errors = wrongFields(result.error.issues)
  const [{ path, message } = { path: '', message: 'is not valid' }] = errors
  throw new DomainError('VALIDATION_FAILED', `${path || 'The request'} ${message}.`, { errors })
}

function check<Schema extends z.ZodType>(schema: Schema, raw: unknown): z.ZodSafeParseResult<z.output<Schema>> {
  try {
    return schema.safeParse(raw, { error: describeIssue })
  } catch (error) {
    // Schemas of any JSON go as deep as it does, until the stack ends.
    if (error instanceof RangeError) throw new DomainError('VALIDATION_FAILED', 'The request is nested too deeply.')
    throw error
  }
}

/** Guard of what needs no token. */
export function anyone(): void {
  // Whoever asks may.
}

/** Guard of what needs a token, whatever it gives. */
export function authenticated(context: RequestContext): asserts context is RequestContext & { identity: Identity } {
  if (context.identity === null) throw new DomainError('UNAUTHENTICATED', 'This needs a token.')
}
