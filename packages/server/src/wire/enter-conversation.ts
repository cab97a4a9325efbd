import {
  type ConversationId,
  type Core,
  DomainError,
  type DomainErrorCode,
  type Entered,
  type Position,
} from '@parley/core'
import type { Fanout } from './fanout.ts'
import type { Session } from './session.ts'
import type { SessionRegistry } from './session-registry.ts'
import type { Subscription } from './topic.ts'
import type { SecurityEvent } from './wires.ts'

export interface EnterOptions {
  readonly core: Core
  readonly fanout: Fanout
  readonly registry: SessionRegistry
  readonly security: (event: SecurityEvent) => void
}

export interface EnterInput {
  /** The id as the client wrote it, or a better one that is known already. */
  readonly conversationId: string
  readonly name: string | null
  readonly since: Position | null
  /** The place that the session already has there: the new one replaces it, so that nothing comes twice. */
  readonly previous: Subscription | null
  /** Gives that place up. */
  readonly leave: () => void
}

/** What says nothing of whether somebody may be there. */
const PASSING: ReadonlySet<DomainErrorCode> = new Set<DomainErrorCode>(['UNAVAILABLE', 'RATE_LIMITED'])

/**
 * Takes a place in the conversation, then reads its snapshot: what happens in between is held back until
 * the caller has queued the answer and called the fan-out's `settle` or `wait`. A session that asks anew where it is
 * already, and can't be answered just now, stays there.
 */
export async function enterConversation(
  { core, fanout, registry, security }: EnterOptions,
  session: Session,
  input: EnterInput,
): Promise<{ readonly subscription: Subscription; readonly entered: Entered }> {
  const { conversationId, name, since, previous } = input
  const resume = previous === null ? null : fanout.pause(previous)
  let subscription = fanout.subscribe(session, conversationId)
  let entered: Entered
  try {
    const request = { name, since, address: session.address }
    entered = await core.enter(session.caller, { conversationId, ...request })
    const enteredId = idOf(entered)
    if (enteredId !== conversationId) {
      // Typed in another form: the place is where the conversation is, and its snapshot is read after it is taken.
      fanout.unsubscribe(subscription)
      subscription = fanout.subscribe(session, enteredId)
      entered = await core.enter(session.caller, { conversationId: enteredId, ...request })
    }
  } catch (error) {
    fanout.unsubscribe(subscription)
    if (resume !== null && isPassing(error)) resume()
    else if (previous !== null) input.leave()
    if (error instanceof DomainError && error.code === 'RATE_LIMITED') {
      security({ type: 'throttled', wire: session.wire.name, address: session.address })
    }
    throw error
  }
  if (previous !== null) fanout.unsubscribe(previous)
  if (!session.closed) return { subscription, entered }
  fanout.unsubscribe(subscription)
  registry.exit(session, subscription.topic.conversationId)
  throw new DomainError('CONFLICT', 'The connection ended while joining.')
}

const isPassing = (error: unknown): boolean => !(error instanceof DomainError) || PASSING.has(error.code)

function idOf(entered: Entered): ConversationId {
  return (entered.status === 'entered' ? entered.snapshot : entered.preview).conversation.id
}
