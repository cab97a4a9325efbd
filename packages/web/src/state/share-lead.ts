import type { PlainKey } from '../i18n/text.ts'

interface Door {
  readonly isLocked: boolean
  readonly hasPassword: boolean
  readonly hasLobby: boolean
}

/** What the link alone is good for, as said beside it: a lock, a password and a lobby stand before it. */
export function shareLead({ isLocked, hasPassword, hasLobby }: Door): PlainKey {
  if (isLocked) return 'room.shareLeadLocked'
  if (hasPassword) return hasLobby ? 'room.shareLeadPasswordLobby' : 'room.shareLeadPassword'
  return hasLobby ? 'room.shareLeadLobby' : 'room.shareLead'
}
