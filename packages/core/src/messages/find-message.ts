import { refusals } from '../conversations/refusals.ts'
import type { ConversationId, MessageId, UserId } from '../ids.ts'
import type { MessageStore, PageQuery } from '../ports/message-store.ts'
import type { Message } from './message.ts'

type Finders = Pick<MessageStore, 'get' | 'findByClientId'>

/** Like a page of the store; its ends may be named by a message's `seq`, also in digits, or by its id. */
export interface HistoryQuery extends Omit<PageQuery, 'before' | 'after'> {
  readonly before?: number | string
  readonly after?: number | string
}

/** Finds a message by the server's id, the caller's own, or another sender's own. */
export async function findMessage(
  messages: Finders,
  id: ConversationId,
  userId: UserId,
  named: MessageId,
): Promise<Message | null> {
  return (
    (await messages.get(id, named)) ??
    (await messages.findByClientId(id, userId, named)) ??
    (await messages.findByClientId(id, null, named))
  )
}

/** The `seq` that an end of a page stands for. Throws `MESSAGE_NOT_FOUND` for a message that is not there. */
export async function placeOf(
  messages: Finders,
  id: ConversationId,
  userId: UserId,
  end: 'before' | 'after',
  named: number | string,
): Promise<number> {
  if (typeof named === 'number') return named
  if (/^\d{1,15}$/.test(named)) return Number(named)
  const message = await findMessage(messages, id, userId, named)
  if (message !== null) return message.seq
  const isNumber = Number.isFinite(Number(named))
  throw isNumber ? refusals.invalid(end, 'must be the seq or the id of a message') : refusals.messageNotFound()
}
