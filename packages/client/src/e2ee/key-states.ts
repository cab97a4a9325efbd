import type { MediaKeyState } from './media-worker-messages.ts'

/** A frame or two of the person before may come after a receiver has changed hands. */
const FAILURES_TO_TELL = 10

/** Makes of single frames what a page shows: whether we can decrypt what somebody sends. */
export function createKeyStates(tell: (userId: string, state: MediaKeyState) => void) {
  const failures = new Map<string, number>()
  const told = new Map<string, MediaKeyState>()

  function change(userId: string, state: MediaKeyState): void {
    if (told.get(userId) === state) return
    told.set(userId, state)
    tell(userId, state)
  }

  return {
    opened(userId: string): void {
      failures.delete(userId)
      change(userId, 'ok')
    },
    refused(userId: string): void {
      const count = (failures.get(userId) ?? 0) + 1
      failures.set(userId, count)
      if (count >= FAILURES_TO_TELL) change(userId, 'missing-key')
    },
  }
}
