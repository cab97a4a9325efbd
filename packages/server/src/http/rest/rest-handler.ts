import type { Core, IdSource, LimitName } from '@parley/core'
import type { ErrorCode } from '@parley/protocol'
import type { z } from 'zod'
import type { Authenticator } from '../../auth/authenticator.ts'
import type { Handler, RequestContext } from '../../wire/dispatch.ts'

export interface RestServices {
  readonly core: Core
  readonly authenticator: Authenticator
  readonly ids: Pick<IdSource, 'userId'>
}

/** A REST call on its way through the pipeline. */
export interface RestContext extends RequestContext, RestServices {
  /** Of the client; IPv6 ones by network. */
  readonly address: string
  /** The caller's double-submit token; made, and set as a cookie, when they have none. */
  csrfToken(): string
}

/**
 * One REST call. `schema` takes the path's parameters together with the query (GET) or the body (others);
 * the reference is generated from it.
 */
export interface RestHandler<Schema extends z.ZodObject = z.ZodObject, Answer extends z.ZodType = z.ZodType>
  extends Handler<RestContext, Schema, z.input<Answer>> {
  readonly method: 'GET' | 'POST'
  /** Parameters as `:name`. */
  readonly url: string
  readonly name: string
  readonly tag: 'Identity' | 'Rooms'
  readonly summary: string
  readonly status: 200 | 201
  readonly answer: Answer
  /** Whether a token is needed, may be given, or says nothing here. */
  readonly token: 'required' | 'optional'
  /** What `limit` counts by, when not by the caller. */
  readonly limitBy?: 'address'
  /** Failed calls take from this limit too, by address; when it is used up the call is refused. */
  readonly failureLimit?: LimitName
  /** What it may answer besides what every call may (see `COMMON_ERRORS`). */
  readonly errors: readonly ErrorCode[]
  /** The answer holds a new token; callers with a CSRF token get it as a cookie too. */
  readonly givesToken?: true
}

/** What every call may answer. */
export const COMMON_ERRORS = [
  'VALIDATION_FAILED',
  'PAYLOAD_TOO_LARGE',
  'UNAUTHENTICATED',
  'TOKEN_EXPIRED',
  'CSRF_REJECTED',
  'FORBIDDEN',
  'RATE_LIMITED',
  'INTERNAL',
  'UNAVAILABLE',
] as const satisfies readonly ErrorCode[]

/** Keeps the types of one declaration together. */
export const restHandler = <Schema extends z.ZodObject, Answer extends z.ZodType>(
  handler: RestHandler<Schema, Answer>,
): RestHandler<Schema, Answer> => handler
