import { type Core, DomainError } from '@parley/core'
import type { admin, ErrorCode } from '@parley/protocol'
import type { z } from 'zod'
import type { Revocations } from '../../auth/revocations.ts'
import type { LoadHistory } from '../../ops/load-history.ts'
import type { Metrics } from '../../ops/metrics.ts'
import type { MetricsSource } from '../../ops/metrics-source.ts'
import type { NodeRegistry } from '../../redis/node-registry.ts'
import type { Handler, RequestContext } from '../../wire/dispatch.ts'
import type { ConnectedPerson } from '../../wire/wires.ts'

export interface AdminServices {
  readonly core: Core
  readonly revocations: Pick<Revocations, 'revoke'>
  /** The nodes of this Parley, this one among them. */
  readonly nodes: Pick<NodeRegistry, 'id' | 'nodes' | 'find' | 'sendToNode'>
  readonly history: Pick<LoadHistory, 'since'>
  readonly metrics: Pick<Metrics, 'measured'>
  readonly source: MetricsSource
  /** Everybody who is connected to this process. */
  readonly people: () => readonly ConnectedPerson[]
  readonly logLevel: { get(): admin.LogLevel; set(level: admin.LogLevel): void }
  /** Where rooms are kept, and conversations that last, and what carries voice. */
  readonly storage: string
  readonly database: string
  readonly media: 'janus' | 'mesh' | 'off'
  readonly now: () => number
}

/** An operator's call on its way through the pipeline. */
export interface AdminContext extends RequestContext, AdminServices {
  /** The call came with the operator's token. */
  readonly isOperator: boolean
  /** Writes into the security log what the operator did. */
  note(what: string): void
  noteSignIn(): void
}

/** One call of the operator: what it takes, who may make it, and what it does. `schema` as for `RestHandler`. */
export interface AdminHandler<
  Schema extends z.ZodObject = z.ZodObject,
  Answer extends z.ZodType | null = z.ZodType | null,
> extends Handler<AdminContext, Schema, Answer extends z.ZodType ? z.input<Answer> : undefined> {
  readonly name: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly url: `/api/admin/${string}`
  readonly summary: string
  readonly status: 200 | 204
  /** `null`: an empty answer, status 204. */
  readonly answer: Answer
  /** What it may answer besides what every call may. */
  readonly errors: readonly ErrorCode[]
}

/** Keeps the types of one declaration together. */
export const adminHandler = <Schema extends z.ZodObject, Answer extends z.ZodType | null>(
  handler: AdminHandler<Schema, Answer>,
): AdminHandler<Schema, Answer> => handler

/** Guard of everything that the operator sees and does. */
export function operator({ isOperator }: AdminContext): void {
  if (!isOperator) throw new DomainError('UNAUTHENTICATED', "This needs the operator's token, as a bearer token.")
}
