/** What a person has not seen yet. */
export interface Unread {
  readonly count: number
  /** The first message that arrived unseen: the "new" line stands above it. */
  readonly firstId: string | null
  /** The newest message is in view and the page is looked at. */
  readonly isWatching: boolean
}

export type UnreadChange =
  | { readonly type: 'arrived'; readonly messageId: string }
  | { readonly type: 'watching'; readonly isWatching: boolean }
  /** The person wrote something, so has seen what stands above. */
  | { readonly type: 'answered' }

export const NOTHING_UNREAD: Unread = { count: 0, firstId: null, isWatching: true }

/**
 * What is unread after a change. The line stays where it is while the person looks at it, so that the eye finds
 * its place, and moves only with the next message that arrives unseen.
 */
export function nextUnread(unread: Unread, change: UnreadChange): Unread {
  switch (change.type) {
    case 'arrived':
      if (unread.isWatching) return unread
      return { ...unread, count: unread.count + 1, firstId: unread.count === 0 ? change.messageId : unread.firstId }
    case 'watching':
      if (change.isWatching === unread.isWatching) return unread
      return { ...unread, isWatching: change.isWatching, count: change.isWatching ? 0 : unread.count }
    case 'answered':
      return unread.count === 0 && unread.firstId === null ? unread : { ...unread, count: 0, firstId: null }
  }
}
