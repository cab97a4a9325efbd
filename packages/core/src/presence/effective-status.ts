import type { Millis } from '../ids.ts'
import type { User } from '../people/user.ts'
import type { Connectedness, Seen } from '../ports/status-store.ts'

/**
 * The status others see; `null` is offline. Whoever is invisible can't be told from somebody who is not there: their
 * own words (`customStatus`) are hidden too.
 */
export function effectiveStatus(
  user: Pick<User, 'status' | 'customStatus'> | undefined,
  { isConnected, activeAt }: Omit<Connectedness, 'seen'>,
  now: Millis,
  awayAfterMs: number,
): Seen | null {
  const chosen = user?.status ?? 'online'
  if (!isConnected || chosen === 'offline') return null
  const isIdle = activeAt !== null && now - activeAt >= awayAfterMs
  return {
    status: chosen === 'online' && isIdle ? 'away' : chosen,
    customStatus: user?.customStatus ?? null,
  }
}

export function isSameSeen(one: Seen | null, other: Seen | null): boolean {
  return one?.status === other?.status && one?.customStatus === other?.customStatus
}
