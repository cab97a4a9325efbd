import type { ConversationId, Message, UserId } from '@parley/core'

/* Between what Redis keeps and what the core knows: messages. */

/**
 * A message as it is kept, in this order: scripts read, and write, what stands first. `edit` is the rev of its latest
 * edit, 0 when it has none or is deleted.
 */
interface StoredMessage extends Omit<Message, 'conversationId' | 'createdAt' | 'senderName'> {
  readonly edit: number
  readonly at: number
  readonly name: string
}

/** In scripts: the pattern that finds seq, rev, edit and the time of sending in a stored message. */
export const MESSAGE_HEAD = `'^{"seq":(%d+),"rev":(%d+),"edit":(%d+),"at":(%d+)'`

const TYPES: ReadonlySet<unknown> = new Set<Message['type']>(['text', 'image', 'video', 'audio', 'file', 'voice'])

/** What stands behind the sender's name in a message that was just sent. */
export function tailOfNew({
  id,
  clientId,
  senderId,
  content,
  type,
  replyTo,
  metadata,
}: Omit<Message, 'senderName' | 'seq' | 'rev' | 'editedAt' | 'deletedAt' | 'reactions'>): string {
  const kept = {
    id,
    clientId,
    senderId,
    content,
    type,
    replyTo,
    metadata,
    editedAt: null,
    deletedAt: null,
    reactions: {},
  }
  return `,${JSON.stringify(kept).slice(1)}`
}

/** What stands behind its places in a message that was there before. */
export function tailOf(message: Message): string {
  const { conversationId: _known, seq: _seq, rev: _rev, createdAt: at, senderName: name, ...others } = message
  return `,${JSON.stringify({ at, name, ...others }).slice(1)}`
}

/** The beginning of a stored message, by which a script knows that it has not changed. */
export const headOf = ({ seq, rev }: Message): string => `{"seq":${seq},"rev":${rev},`

/** Throws when it is not what this version of the server writes. */
export function toMessage(conversationId: ConversationId, text: string): Message {
  const value: unknown = JSON.parse(text)
  if (!isStoredMessage(value)) throw new Error(`a message that Redis keeps of room ${conversationId} can't be read`)
  const { edit: _edit, at, name, ...others } = value
  return { ...others, conversationId, createdAt: at, senderName: name }
}

function isStoredMessage(value: unknown): value is StoredMessage {
  if (!isObject(value)) return false
  const { id, clientId, senderId, content, type, replyTo, metadata, seq, rev, edit, at, name, editedAt, deletedAt } =
    value
  return (
    [id, senderId, content, name].every(isString) &&
    [seq, rev, edit, at].every(isNumber) &&
    [clientId, replyTo].every((each) => each === null || isString(each)) &&
    [editedAt, deletedAt].every((each) => each === null || isNumber(each)) &&
    (metadata === null || isObject(metadata)) &&
    TYPES.has(type) &&
    isReactions(value.reactions)
  )
}

export function isReactions(value: unknown): value is Readonly<Record<string, readonly UserId[]>> {
  return isObject(value) && Object.values(value).every((users) => Array.isArray(users) && users.every(isString))
}

export const isString = (value: unknown): value is string => typeof value === 'string'
const isNumber = (value: unknown): value is number => typeof value === 'number'
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
