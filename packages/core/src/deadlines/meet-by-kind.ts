import type { Deadline } from '../ports/deadline-store.ts'

/** Does what is due. It looks at things as they are now: a deadline that no longer holds does nothing. */
export type Meet = (deadline: Deadline) => Promise<void>

/** Who meets a deadline, by its kind: what its key says before the first colon. */
export type Meeters = Readonly<Record<string, Meet>>

/** Hands each deadline to whom it belongs. One of a kind that nobody knows is let go of. */
export function meetByKind(meeters: Meeters): Meet {
  const byKind = new Map(Object.entries(meeters))
  return async (deadline) => {
    const [kind = ''] = deadline.key.split(':', 1)
    await byKind.get(kind)?.(deadline)
  }
}
