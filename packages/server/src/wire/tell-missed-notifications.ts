import type { Millis, Notification, NotificationId, UserEvent } from '@parley/core'

/** So many are remembered of each person; as many as wait for anybody at the most. */
const REMEMBERED = 200
/** Clocks of nodes differ by less. */
const SKEW_MS = 5000

/** What somebody was told here. */
export interface Told {
  /** What is older came before the bus was listened to for them. */
  since: Millis
  readonly ids: Set<NotificationId>
  /** How often something was said to be seen. */
  clears: number
}

export interface MissedNotificationsOptions {
  /** What waits for the user; rejects while it can't be read. */
  readonly pending: () => Promise<readonly Notification[]>
  /** What the user was told here; `null` when they are not here any more. */
  readonly told: () => Told | null
  readonly tell: (event: UserEvent) => void
  readonly now: () => Millis
}

/**
 * Tells a user of notifications that were left, or seen on another device, while the bus carried nothing: the store knows
 * of them. Rejects while that can't be read.
 */
export async function tellMissedNotifications(options: MissedNotificationsOptions): Promise<void> {
  const { pending, tell, now } = options
  const told = options.told()
  if (told === null) return
  const at = now()
  const { clears } = told
  const toldBefore = [...told.ids]
  const waiting = await pending()
  if (options.told() !== told) return
  // What was read may be seen by now.
  if (told.clears !== clears) return tellMissedNotifications(options)
  const missed = waiting.filter(({ id, createdAt }) => createdAt >= told.since - SKEW_MS && !told.ids.has(id))
  const left = new Set(waiting.map(({ id }) => id))
  // When the list has no room for more, what is not in it may wait all the same.
  const seen = waiting.length < REMEMBERED ? toldBefore.filter((id) => !left.has(id)) : []
  told.since = at
  for (const notification of missed) tell({ type: 'notification.created', at, notification })
  if (seen.length > 0) tell({ type: 'notification.cleared', at, ids: seen })
}

/** Remembers what somebody is told now. */
export function rememberTold(told: Told, event: UserEvent): void {
  const { ids } = told
  if (event.type === 'notification.cleared') {
    told.clears += 1
    for (const id of event.ids) ids.delete(id)
  }
  if (event.type !== 'notification.created') return
  ids.add(event.notification.id)
  const [oldest] = ids
  if (ids.size > REMEMBERED && oldest !== undefined) ids.delete(oldest)
}
