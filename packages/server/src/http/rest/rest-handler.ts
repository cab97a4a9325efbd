import type { Core, IdSource, LimitName } from '@parley/core'
import type { ErrorCode, rooms } from '@parley/protocol'
import type { z } from 'zod'
import type { ApiScope } from '../../auth/api-keys.ts'
import type { Authenticator } from '../../auth/authenticator.ts'
import type { Revocations } from '../../auth/revocations.ts'
import type { Recordings } from '../../media/recordings.ts'
import type { Handler, RequestContext } from '../../wire/dispatch.ts'
import type { OpenPolls } from './open-polls.ts'

/** The relay, as far as REST knows of it. */
interface TurnService {
  /** Whether strangers get credentials too. */
  readonly isPublic: boolean
  /** `null` when there is no relay. */
  credentialsFor(user: string): z.input<typeof rooms.turnCredentialsAnswer> | null
}

export interface RestServices {
  readonly core: Core
  readonly authenticator: Authenticator
  readonly revocations: Revocations
  readonly ids: Pick<IdSource, 'userId'>
  readonly polls: OpenPolls
  readonly recordings: Recordings
  readonly turn: TurnService
  readonly now: () => number
}

/** A REST call on its way through the pipeline. */
export interface RestContext extends RequestContext, RestServices {
  /** What the site's own servers may do, when it is one of them that calls; then there is no `identity`. */
  readonly apiScopes: ReadonlySet<ApiScope> | null
  /** The client's address; of an IPv6 one its network. */
  readonly address: string
  /** Aborts when the client goes away. */
  readonly gone: AbortSignal
  /** The caller's double-submit token; made, and set as a cookie, when they have none. */
  csrfToken(): string
  /** Answers with the handler's `otherStatus`. */
  answerOtherwise(): void
}

type RestTag =
  | 'Identity'
  | 'Rooms'
  | 'Conversations'
  | 'Messages'
  | 'Notifications'
  | 'Without a socket'
  | 'Users'
  | 'Calls'

/**
 * One REST call. `schema` takes the path's parameters together with the query (GET), the body (others) or both
 * (DELETE); the reference is generated from it.
 */
export interface RestHandler<Schema extends z.ZodObject = z.ZodObject, Answer extends AnswerSchema = AnswerSchema>
  extends Handler<RestContext, Schema, Answered<Answer>> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Parameters as `:name`. */
  readonly url: string
  readonly name: string
  readonly tag: RestTag
  /** What it calls a conversation in its refusals: `rooms` speaks of rooms, `site` of conversations. */
  readonly errorTable: 'rooms' | 'site'
  readonly summary: string
  readonly status: 200 | 201 | 204
  /** What else it may answer when all is well. */
  readonly otherStatus?: 200
  /** `null`: an empty answer, status 204. `file`: none of JSON. */
  readonly answer: Answer
  /** Whether a token is needed, may be given, or is of no use here. */
  readonly token: 'required' | 'optional' | 'useless'
  /** Nothing but its count depends on who calls: a token that is no good is as none. */
  readonly takesBadTokens?: true
  /** The site's own servers may call it too, with a key of this scope. */
  readonly apiKey?: ApiScope
  /** What `limit` counts by, when not by the caller. */
  readonly limitBy?: 'address'
  /** Its own `limit` is all that counts for callers with a token; it is not counted as a REST call. */
  readonly ownLimitOnly?: true
  /** Failed calls take from this limit too, by address; when it is used up the call is refused. */
  readonly failureLimit?: LimitName
  /** How large its body may be, where that is more than for others. */
  readonly maxBodyBytes?: number
  /** What it may answer besides what every call may (see `COMMON_ERRORS`). */
  readonly errors: readonly ErrorCode[]
  /** The answer holds a new token; callers with a CSRF token get it as a cookie too. */
  readonly givesToken?: true
}

/** What `run` gives: the answer, or its JSON in pieces. */
type Answered<Answer extends AnswerSchema> = Answer extends z.ZodType
  ? z.input<Answer> | JsonPieces
  : Answer extends 'file'
    ? FileAnswer
    : undefined

type AnswerSchema = z.ZodType | 'file' | null

/** A file that is sent as it is, to be saved under its name. */
export class FileAnswer {
  readonly path: string
  readonly bytes: number
  readonly type: string
  readonly name: string

  constructor({ path, bytes, type, name }: Readonly<Record<'path' | 'type' | 'name', string> & { bytes: number }>) {
    this.path = path
    this.bytes = bytes
    this.type = type
    this.name = name
  }
}

/** An answer that is too large to be held at once: pieces of its JSON, made while they are sent. */
export class JsonPieces {
  readonly pieces: AsyncIterable<string>

  constructor(pieces: AsyncIterable<string>) {
    this.pieces = pieces
  }
}

/** Room for the largest message in the longest spelling that JSON has for it, or for as many people as one call may name. */
export const LARGE_BODY_BYTES = 524_288

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
export const restHandler = <Schema extends z.ZodObject, Answer extends AnswerSchema>(
  handler: RestHandler<Schema, Answer>,
): RestHandler<Schema, Answer> => handler
