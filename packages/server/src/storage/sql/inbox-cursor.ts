import type { ConversationId } from '@parley/core'

/** Up to where somebody has been told, in numbers of commits. */
export interface InboxCursor {
  /** Everything up to this commit was told. */
  readonly after: number
  /** In the middle of telling what came up to a later commit, conversation by conversation in the order of their ids. */
  readonly walk: Walk | null
}

export interface Walk {
  readonly upTo: number
  /** Those with smaller ids were told. */
  readonly conversationId: ConversationId
  /** What was told last of this conversation: the commit and the rev. */
  readonly commit: number
  readonly rev: number
}

const FORM = /^([0-9a-z]{1,11})(?:-([0-9a-z]{1,11})-([0-9a-z]{1,11})-([0-9a-z]{1,11})-([\w-]{1,400}))?$/

/** Opaque to clients; the same on every node. */
export function writeInboxCursor({ after, walk }: InboxCursor): string {
  if (walk === null) return after.toString(36)
  const numbers = [after, walk.upTo, walk.commit, walk.rev].map((number) => number.toString(36))
  return [...numbers, Buffer.from(walk.conversationId).toString('base64url')].join('-')
}

/** `null` for what is not a cursor. */
export function readInboxCursor(text: string): InboxCursor | null {
  const parts = FORM.exec(text)
  if (parts === null) return null
  const [, after, upTo, commit, rev] = parts.map((part) => (part === undefined ? 0 : Number.parseInt(part, 36)))
  if (after === undefined || upTo === undefined || commit === undefined || rev === undefined) return null
  const id = parts[5]
  if (id === undefined) return { after, walk: null }
  return { after, walk: { upTo, commit, rev, conversationId: Buffer.from(id, 'base64url').toString() } }
}
