import type { ReceivedMessage } from '@parley/client'

/** The words that stand in the place of a message that has none to show; `null`: it has words of its own. */
export function placeholderOf({
  deletedAt,
  unreadable,
}: Pick<ReceivedMessage, 'deletedAt' | 'unreadable'>): 'room.deleted' | 'room.sealed' | 'room.damaged' | null {
  if (deletedAt !== undefined) return 'room.deleted'
  if (unreadable === undefined) return null
  return unreadable === 'missing-key' ? 'room.sealed' : 'room.damaged'
}
