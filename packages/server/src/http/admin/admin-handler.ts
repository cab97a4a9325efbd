import { type Core, DomainError } from '@parley/core'
import type { ErrorCode } from '@parley/protocol'
import type { z } from 'zod'
import type { Revocations } from '../../auth/revocations.ts'
import type { LoadHistory } from '../../ops/load-history.ts'
import type { NodeRegistry } from '../../redis/node-registry.ts'
import type { Handler, RequestContext } from '../../wire/dispatch.ts'
import type { OwnNode, WholeCluster } from './whole-cluster.ts'

export interface AdminServices extends OwnNode {
  readonly core: Core
  readonly revocations: Pick<Revocations, 'revoke'>
  /** The nodes of this Parley, this one among them. */
  readonly nodes: Pick<NodeRegistry, 'id' | 'nodes' | 'find' | 'sendToNode' | 'askOthers' | 'onQuestion'>
  readonly history: Pick<LoadHistory, 'since'>
  /** Where rooms are kept, and conversations that last, and what carries voice. */
  readonly storage: string
  readonly database: string
  readonly media: 'janus' | 'mesh' | 'off'
  readonly now: () => number
}

/** An operator's call on its way through the pipeline. */
export interface AdminContext extends RequestContext, AdminServices {
  readonly cluster: WholeCluster
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

/** Everything that the operator sees and does is for the operator alone, and as often as they like. */
export const adminHandler = <Schema extends z.ZodObject, Answer extends z.ZodType | null>(
  handler: Omit<AdminHandler<Schema, Answer>, 'guard' | 'limit'>,
): AdminHandler<Schema, Answer> => ({ ...handler, guard: requireOperator, limit: null })

function requireOperator({ isOperator }: AdminContext): void {
  if (!isOperator) throw new DomainError('UNAUTHENTICATED', "This needs the operator's token, as a bearer token.")
}
