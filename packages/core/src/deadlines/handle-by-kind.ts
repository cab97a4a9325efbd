import type { Deadline } from '../ports/deadline-store.ts'

/** Does what is due. It looks at things as they are now: a deadline that no longer holds does nothing. */
export type DeadlineHandler = (deadline: Deadline) => Promise<void>

/** A handler for each kind of deadline. The kind is what a deadline's key says before the first colon. */
export type DeadlineHandlers = Readonly<Record<string, DeadlineHandler>>

/** Hands each deadline to the handler of its kind. A deadline of a kind that nobody knows is let go of. */
export function handleByKind(handlers: DeadlineHandlers): DeadlineHandler {
  const byKind = new Map(Object.entries(handlers))
  return async (deadline) => {
    const [kind = ''] = deadline.key.split(':', 1)
    await byKind.get(kind)?.(deadline)
  }
}
